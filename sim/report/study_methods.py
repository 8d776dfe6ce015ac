"""How the answers of a study are found, in words for a page, each with its source."""

from __future__ import annotations

PAIRED = (
    "Every scenario meets the same leads with the same luck, replication by replication (common random numbers:"
    " Law 2015, Simulation Modeling and Analysis, ch. 11). So the differences are paired."
)
INTERVALS = {
    "skewed": (
        "Intervals are Student’s t of the paired differences, widened on the side to which they are skewed (Hall 1992,"
        " J. R. Statist. Soc. B 54)."
    ),
    "sequential": (
        "Replications went on until the study was precise enough; the intervals allow for this (asymptotic confidence"
        " sequences: Waudby-Smith et al. 2024, Ann. Statist. 52)."
    ),
}
HOLM = (
    "Verdicts are adjusted for all comparisons of an outcome in a picture together (Holm 1979, Scand. J. Statist. 6)."
)
SELECTION = (
    "Sequential selection with a guarantee (Kim and Nelson 2001, ACM Trans. Model. Comput. Simul. 11); intervals"
    " against the best of the others hold all together (Hsu 1984, Ann. Statist. 12). “P(best)” is a share of draws from"
    " the distribution of the means and carries no guarantee."
)
PAIRS = (
    "A pair’s interaction is the effect of both less the effects of each, in the same replication; adjusted over all"
    " pairs of an outcome (Holm 1979, Scand. J. Statist. 6). That pairs add up can be said only where a margin is set:"
    " study.interactions(margin=0.02)."
)
DOSES = (
    "Doses are compared with the lowest on common luck (paired t; all doses jointly after Dunnett 1955, J. Amer."
    " Statist. Assoc. 50). Of several shapes of curve the one with the lowest estimated error is drawn (Mallows 1973,"
    " Technometrics 15); the interval of the best dose comes from a bootstrap over replications, shapes chosen anew."
)
MAPS = (
    "Within a situation each level is compared with the best of the others (Hsu 1984, Ann. Statist. 12), at a level"
    " that makes all situations hold together (Bonferroni)."
)
SOBOL = (
    "First-order and total indices after Saltelli et al. (2010, Computer Physics Communications 181), as SALib has"
    " them (Herman and Usher 2017, J. Open Source Softw. 2); intervals from a bootstrap of the blocks of the design."
)
MORRIS = (
    "Elementary effects after Morris (1991, Technometrics 33), mean size μ* after Campolongo et al. (2007, Environ."
    " Model. Softw. 22), intervals from a bootstrap of the paths. It says what matters, not how much of the variance."
)
WAITING = (
    "Cumulative incidence after Aalen and Johansen (1978, Scand. J. Statist. 5), open deals counted as long as they are"
    " seen, after Kaplan and Meier (1958, J. Amer. Statist. Assoc. 53). Medians over won deals alone favour fast deals."
)
