"""Autoimmune diseases of nerves, connective tissue and joints, and the list of all diseases.

Names are written British, and German where German laboratories write them; American spellings
follow from the British ones by rule.
"""

from __future__ import annotations

from lims_msc.domain.records.disease_codes import UNCONFIRMED, cm, cm_unread, disease, who
from lims_msc.domain.records.organ_disease_terms import ORGAN_DISEASES
from lims_msc.domain.records.terms import Confusion, Term

_G35_SPLIT = (
    "ICD-10-CM is reported to have split G35 into codes of subtypes from October 2025; "
    f"{UNCONFIRMED}."
)
_NERVOUS_SYSTEM = (
    disease(
        "0005301",
        "multiple sclerosis",
        "MS",
        "2377",
        (cm("G35"), who("G35")),
        ("Multiple Sklerose", "Encephalomyelitis disseminata", "disseminated sclerosis"),
        _G35_SPLIT,
    ),
    disease(
        "0005314",
        "relapsing-remitting multiple sclerosis",
        "RRMS",
        "2378",
        synonyms=(
            "relapsing remitting MS",
            "RR-MS",
            "schubförmig remittierende Multiple Sklerose",
            "schubförmige MS",
        ),
        warning=_G35_SPLIT,
    ),
    disease(
        "0000451",
        "primary progressive multiple sclerosis",
        "PPMS",
        "0050784",
        synonyms=(
            "primary progressive MS",
            "PP-MS",
            "primär progrediente Multiple Sklerose",
            "primär progrediente MS",
        ),
        warning=_G35_SPLIT,
    ),
    disease(
        "0019100",
        "neuromyelitis optica",
        "NMO NMOSD",
        "8869",
        (cm("G36.0"),),
        (
            "neuromyelitis optica spectrum disorder",
            "Neuromyelitis-optica-Spektrum-Erkrankung",
            "Devic disease",
            "Devic syndrome",
            "Devic-Syndrom",
        ),
    ),
    disease(
        "0009688",
        "myasthenia gravis",
        "MG",
        "437",
        (cm("G70.0"),),
        ("Myasthenia gravis pseudoparalytica", "Erb-Goldflam disease"),
    ),
    disease(
        "0006702",
        "chronic inflammatory demyelinating polyradiculoneuropathy",
        "CIDP",
        "5213",
        (cm("G61.81"),),
        (
            "chronic inflammatory demyelinating polyneuropathy",
            "chronisch inflammatorische demyelinisierende Polyneuropathie",
            "chronische inflammatorische demyelinisierende Polyradikuloneuropathie",
        ),
    ),
)

_CONNECTIVE_TISSUE = (
    disease(
        "0005100",
        "systemic sclerosis",
        "SSc SS PSS",
        "418",
        (cm("M34"), who("M34")),
        (
            "systemic scleroderma",
            "progressive systemic sclerosis",
            "scleroderma",
            "systemische Sklerose",
            "progressive systemische Sklerose",
            "systemische Sklerodermie",
            "Sklerodermie",
        ),
        "'Scleroderma' alone may also mean the localised form (morphea).",
    ),
    disease(
        "0016358",
        "limited cutaneous systemic sclerosis",
        "lcSSc",
        "1577",
        (cm_unread("M34.-", is_exact=False),),
        (
            "limited cutaneous scleroderma",
            "limitiert kutane systemische Sklerose",
        ),
    ),
    disease(
        "0005019",
        "diffuse cutaneous systemic sclerosis",
        "dcSSc",
        "1580",
        (cm_unread("M34.-", is_exact=False),),
        (
            "diffuse systemic sclerosis",
            "diffuse scleroderma",
            "diffuse cutaneous scleroderma",
            "diffus kutane systemische Sklerose",
            "diffuse systemische Sklerose",
        ),
    ),
    disease(
        "0007915",
        "systemic lupus erythematosus",
        "SLE",
        "9074",
        (cm("M32"), who("M32")),
        ("lupus", "systemischer Lupus erythematodes"),
    ),
    disease(
        "0005556",
        "lupus nephritis",
        "LN",
        "0080162",
        (cm_unread("M32.14"),),
        ("lupus", "lupus glomerulonephritis", "Lupusnephritis"),
    ),
    disease(
        "0010030",
        "Sjögren syndrome",
        "SjS SS pSS",
        "12894",
        (cm("M35.0"),),
        (
            "Sjögren's syndrome",
            "Sjögren",
            "Sjögren disease",
            "primary Sjögren syndrome",
            "Sjögren-Syndrom",
            "primäres Sjögren-Syndrom",
        ),
    ),
    disease(
        "0005854",
        "mixed connective tissue disease",
        "MCTD",
        "3492",
        (cm_unread("M35.1"),),
        ("Sharp syndrome", "Sharp-Syndrom", "Mischkollagenose"),
    ),
    disease(
        "8000010",
        "antiphospholipid syndrome",
        "APS",
        "2988",
        (cm("D68.61"),),
        (
            "antiphospholipid antibody syndrome",
            "Antiphospholipid-Syndrom",
            "Hughes syndrome",
        ),
    ),
    disease(
        "0019127",
        "polymyositis",
        "PM",
        "0080745",
        (cm("M33.2"),),
        ("idiopathic polymyositis", "primary polymyositis"),
    ),
    disease(
        "0016367",
        "dermatomyositis",
        "DM",
        "10223",
        (cm("M33"),),
        ("adult dermatomyositis", "Dermatomyositis des Erwachsenen"),
    ),
    disease(
        "0008054",
        "juvenile dermatomyositis",
        "JDM",
        "14203",
        (cm("M33.0"),),
        ("childhood dermatomyositis", "juvenile DM", "kindliche Dermatomyositis"),
    ),
    disease(
        "0019562",
        "localised scleroderma",
        "LoSc",
        "8472",
        (cm("L94.0"),),
        (
            "scleroderma",
            "morphea",
            "morphoea",
            "circumscribed scleroderma",
            "zirkumskripte Sklerodermie",
            "lokalisierte Sklerodermie",
            "Sklerodermie",
        ),
        "Not systemic sclerosis (SSc).",
    ),
)

_JOINTS = (
    disease(
        "0008383",
        "rheumatoid arthritis",
        "RA",
        "7148",
        (cm_unread("M05", is_exact=False), cm_unread("M06", is_exact=False)),
        ("rheumatoide Arthritis", "chronische Polyarthritis"),
        f"No single code of ICD-10-CM means it: M05–M06; {UNCONFIRMED}.",
    ),
    disease(
        "0011429",
        "juvenile idiopathic arthritis",
        "JIA",
        "676",
        (cm_unread("M08"),),
        ("juvenile idiopathische Arthritis", "juvenile rheumatoid arthritis"),
        "MONDO maps it to DOID:676, whose label is 'systemic juvenile rheumatoid arthritis'; "
        "only the MONDO identifier means it.",
        is_doid_exact=False,
    ),
    disease(
        "0019434",
        "systemic juvenile idiopathic arthritis",
        "sJIA SoJIA",
        codes=(cm_unread("M08.2"),),
        synonyms=(
            "systemic-onset juvenile idiopathic arthritis",
            "systemic juvenile rheumatoid arthritis",
            "systemische juvenile idiopathische Arthritis",
            "systemic JIA",
            "Still's disease",
            "Morbus Still",
        ),
    ),
    disease(
        "0019433",
        "oligoarticular juvenile idiopathic arthritis",
        "oJIA",
        codes=(cm_unread("M08.4"),),
        synonyms=(
            "oligoarthritis JIA",
            "oligoarticular JIA",
            "pauciarticular juvenile arthritis",
            "juvenile idiopathische Oligoarthritis",
        ),
    ),
    disease(
        "0019437",
        "enthesitis-related juvenile idiopathic arthritis",
        "ERA",
        synonyms=(
            "enthesitis-related arthritis",
            "enthesitis-related JIA",
            "Enthesitis-assoziierte Arthritis",
        ),
    ),
    disease(
        "0019436",
        "psoriatic juvenile idiopathic arthritis",
        "psJIA",
        synonyms=(
            "psoriatic JIA",
            "juvenile psoriatic arthritis",
            "juvenile Psoriasisarthritis",
        ),
    ),
    disease(
        "0019355",
        "adult-onset Still disease",
        "AOSD",
        "14256",
        (cm("M06.1"),),
        (
            "adult Still's disease",
            "Still's disease",
            "Still-Syndrom des Erwachsenen",
            "adulter Morbus Still",
            "Morbus Still",
        ),
    ),
    disease(
        "0005306",
        "ankylosing spondylitis",
        "AS",
        "7147",
        (cm("M45"),),
        ("Spondylitis ankylosans", "ankylosierende Spondylitis", "Morbus Bechterew", "Bechterew"),
    ),
    disease(
        "0011849",
        "psoriatic arthritis",
        "PsA",
        "9008",
        (cm("L40.5"),),
        ("arthropathic psoriasis", "Psoriasisarthritis", "Psoriasis-Arthritis"),
    ),
)

DISEASES: tuple[Term, ...] = (*_NERVOUS_SYSTEM, *_CONNECTIVE_TISSUE, *_JOINTS, *ORGAN_DISEASES)

CONFUSIONS: tuple[Confusion, ...] = (
    Confusion(
        "SSc",
        ("MONDO:0005100", "MONDO:0010030"),
        "the second is mostly written SS or SjS",
    ),
    Confusion("MS", ("MONDO:0005301",), "also mass spectrometry and mitral stenosis"),
    Confusion("UC", ("MONDO:0005101",), "also the tissue umbilical cord"),
    Confusion("CD", ("MONDO:0005011", "MONDO:0005130"), "also CD4 and other surface markers"),
    Confusion("PM", ("MONDO:0019127",), "also primary myelofibrosis"),
    Confusion("AS", ("MONDO:0005306",), "also aortic stenosis"),
    Confusion("AA", ("MONDO:0015909",), "also alopecia areata"),
    Confusion("APS", ("MONDO:8000010",), "also autoimmune polyglandular syndrome"),
    Confusion("DM", ("MONDO:0016367", "MONDO:0005147"), "also diabetes mellitus in general"),
    Confusion("PV", ("MONDO:0008219",), "also polycythaemia vera"),
)
