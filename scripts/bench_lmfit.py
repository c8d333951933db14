"""Times lmfit's profile intervals of ln ec50 on curves read from standard input as JSON.

The input has ``ln_dose`` and ``curves``, each with ``responses`` and a ``start``; prints JSON of
the seconds and the ends of each curve, null where lmfit found none.  Runs in the environment of
the benchmarks.
"""

import json
import sys
import time
import warnings


def main() -> int:
    """Fit each curve, ask for the interval, and print the time of both together."""
    import lmfit
    import numpy as np
    from scipy.special import expit

    def curve(x, y_zero, y_inf, ln_ec50, hill):  # noqa: ANN001, ANN202 (lmfit reads the names)
        return y_zero + (y_inf - y_zero) * expit(hill * (x - ln_ec50))

    warnings.simplefilter("ignore")
    given = json.load(sys.stdin)
    x = np.array(given["ln_dose"])
    model = lmfit.Model(curve)
    ends = []
    start = time.process_time()
    for item in given["curves"]:
        names = ("y_zero", "y_inf", "ln_ec50", "hill")
        parameters = model.make_params(**dict(zip(names, item["start"], strict=True)))
        try:
            fit = model.fit(np.array(item["responses"]), parameters, x=x)
            found = lmfit.conf_interval(fit, fit, p_names=["ln_ec50"], sigmas=[0.95])
            low, _, high = (end for _, end in found["ln_ec50"])
            ends.append([float(low), float(high)])
        except Exception:  # noqa: BLE001 (whatever it raises, there is no interval)
            ends.append(None)
    seconds = time.process_time() - start
    json.dump({"seconds": seconds, "ends": [e if finite(e) else None for e in ends]}, sys.stdout)
    return 0


def finite(ends: list[float] | None) -> bool:
    """Return whether both ends are numbers."""
    return ends is not None and all(abs(end) < 1e300 for end in ends)


if __name__ == "__main__":
    raise SystemExit(main())
