# Fits mixed models with lme4 and lmerTest, times them, and prints the answers as JSON.
#
#   Rscript bench_mixed.R FOLDER REPEATS [kenward-roger]
#
# FOLDER holds pairs NAME.csv and NAME.txt; the first line of the text is the formula, every other
# line a factor: cohort=healthy,SLE (the reference level first).  The time is that of the fastest
# run of lmer() and summary() with Satterthwaite's degrees of freedom.  With the third argument the
# answers are made sharper (bobyqa, twice) and hold Kenward and Roger's by pbkrtest.

suppressMessages({
  library(lme4)
  library(lmerTest)
})
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
repeats <- as.integer(arguments[2])
is_reference <- length(arguments) > 2

number <- function(x) ifelse(is.finite(x), formatC(x, digits = 17, format = "g"), "null")
text <- function(x) paste0('"', x, '"')
object <- function(keys, values) paste0("{", paste0(text(keys), ": ", values, collapse = ", "), "}")
row_of <- function(row, names) object(names, number(as.numeric(row)))

versions <- function() {
  packages <- c("lme4", "lmerTest", if (is_reference) "pbkrtest")
  found <- sapply(packages, function(p) text(as.character(packageVersion(p))))
  object(c("R", packages), c(text(paste(R.version$major, R.version$minor, sep = ".")), found))
}

read_case <- function(path) {
  lines <- readLines(sub("csv$", "txt", path))
  data <- read.csv(path, stringsAsFactors = FALSE)
  for (line in lines[-1]) {
    parts <- strsplit(line, "=")[[1]]
    data[[parts[1]]] <- factor(data[[parts[1]]], levels = strsplit(parts[2], ",")[[1]])
  }
  list(formula = as.formula(lines[1]), data = data)
}

fit_case <- function(case) {
  if (!is_reference) {
    return(suppressMessages(lmerTest::lmer(case$formula, case$data)))
  }
  sharp <- lmerControl(
    optimizer = "bobyqa", calc.derivs = FALSE,
    optCtrl = list(rhobeg = 0.1, rhoend = 1e-9, maxfun = 1e5)
  )
  first <- suppressMessages(lmerTest::lmer(case$formula, case$data, control = sharp))
  start <- getME(first, "theta")
  suppressMessages(lmerTest::lmer(case$formula, case$data, control = sharp, start = start))
}

coefficients_of <- function(model, ddf) {
  table <- coef(summary(model, ddf = ddf))
  names <- c("estimate", "se", "df", "t", "p")
  object(rownames(table), apply(table, 1, row_of, names = names))
}

terms_of <- function(model, ddf) {
  table <- as.data.frame(anova(model, ddf = ddf))[, 3:6]
  if (nrow(table) == 0) return("{}")
  object(rownames(table), apply(table, 1, row_of, names = c("numdf", "dendf", "F", "p")))
}

variances_of <- function(model) {
  table <- as.data.frame(VarCorr(model))
  names <- apply(table[, 1:3], 1, function(row) paste(row[!is.na(row)], collapse = " "))
  object(names, number(table$vcov))
}

answer <- function(path) {
  case <- read_case(path)
  times <- sapply(seq_len(repeats), function(i) {
    system.time(coef(summary(fit_case(case))))[["elapsed"]]
  })
  model <- fit_case(case)
  keys <- c("seconds", "criterion", "singular", "variances", "satterthwaite", "terms")
  values <- c(
    number(min(times)), number(as.numeric(REMLcrit(model))), tolower(isSingular(model)),
    variances_of(model), coefficients_of(model, "Satterthwaite"), terms_of(model, "Satterthwaite")
  )
  if (is_reference) {
    keys <- c(keys, "kenward_roger", "kenward_roger_terms")
    values <- c(
      values, coefficients_of(model, "Kenward-Roger"), terms_of(model, "Kenward-Roger")
    )
  }
  object(keys, values)
}

paths <- sort(Sys.glob(file.path(folder, "*.csv")))
answers <- sapply(paths, answer)
names <- sub("\\.csv$", "", basename(paths))
cat(object(c("versions", "cases"), c(versions(), object(names, answers))), "\n")
