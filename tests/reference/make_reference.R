# Writes the reference values of tests/statistics/test_proportions.py and
# test_survival.py, and of tests/association/test_associations.py. Run in this folder: Rscript make_reference.R
# R 4.2.2, survival 3.5-3. Values at full precision.
library(survival)
options(digits = 17)

save <- function(table, file) {
  numeric <- sapply(table, is.numeric)
  table[numeric] <- lapply(table[numeric], function(x) {
    ifelse(is.finite(x), sprintf("%.17g", x), ifelse(is.na(x), "", "inf"))
  })
  write.csv(table, file, row.names = FALSE, quote = FALSE, na = "")
}

# Data: lung (time in days, event, sex 1 male 2 female), aml (x = 1 maintained),
# plateau (survival is exactly 0.5 from 2 to 3), all_censored, tied.
lung <- with(survival::lung, data.frame(time, event = status - 1, group = sex - 1))
aml <- with(survival::aml, data.frame(
  time, event = status, group = as.numeric(x == "Maintained")
))
plateau <- data.frame(time = 1:4, event = 1, group = c(0, 1, 0, 1))
tied <- data.frame(
  time = c(5, 5, 5, 8, 8, 10, 12, 12, 15, 15, 15, 20),
  event = c(1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 0, 1),
  group = c(0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 1, 0)
)
monotone <- data.frame(
  time = c(3, 5, 6, 8, 9, 11, 12, 14, 15, 18, 20, 22),
  event = c(1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0),
  group = c(1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0)
)
sets <- list(
  lung = lung, aml = aml, plateau = plateau, tied = tied, monotone = monotone
)
save(
  do.call(rbind, lapply(names(sets), function(n) cbind(set = n, sets[[n]]))),
  "survival_data.csv"
)

describe <- function(set, who, d) {
  fit <- function(event) {
    survfit(Surv(d$time, event) ~ 1, conf.type = "log-log")
  }
  table <- summary(fit(d$event))$table
  data.frame(
    set = set, who = who, n = table[["records"]], events = table[["events"]],
    median = table[["median"]], low = table[["0.95LCL"]], high = table[["0.95UCL"]],
    followup = summary(fit(1 - d$event))$table[["median"]]
  )
}
medians <- do.call(rbind, lapply(names(sets), function(n) {
  d <- sets[[n]]
  rbind(
    describe(n, "all", d),
    describe(n, "0", d[d$group == 0, ]),
    describe(n, "1", d[d$group == 1, ])
  )
}))
save(medians, "medians.csv")

curve <- survfit(Surv(time, event) ~ 1, data = lung, conf.type = "log-log")
save(
  with(curve, data.frame(
    time, at_risk = n.risk, events = n.event, censored = n.censor,
    survival = surv, low = lower, high = upper
  )),
  "lung_curve.csv"
)

# Two groups: log-rank; Cox with Efron ties, its likelihood-ratio test and the limits
# at which the profile likelihood has fallen by half the chi-square quantile.
log_likelihood <- function(d, beta) {
  coxph(Surv(time, event) ~ offset(beta * group), data = d)$loglik[1]
}
compare <- function(set, d) {
  log_rank <- survdiff(Surv(time, event) ~ group, data = d)
  fit <- coxph(
    Surv(time, event) ~ group,
    data = d, control = coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 100)
  )
  drop <- function(beta) {
    log_likelihood(d, beta) - fit$loglik[2] + qchisq(0.95, 1) / 2
  }
  limit <- function(from, to) {
    if (drop(from) * drop(to) > 0) return(NA)
    exp(uniroot(drop, c(from, to), tol = 1e-12)$root)
  }
  best <- coef(fit)[[1]]
  data.frame(
    set = set, chisq = log_rank$chisq, log_rank_p = 1 - pchisq(log_rank$chisq, 1),
    hazard_ratio = exp(best), low = limit(-8, best), high = limit(best, 8),
    p_value = summary(fit)$logtest[["pvalue"]]
  )
}
save(
  do.call(rbind, lapply(c("lung", "aml", "tied"), function(n) compare(n, sets[[n]]))),
  "two_groups.csv"
)
# Monotone: the supremum stands in for the maximum.
highest <- log_likelihood(monotone, 30)
lower <- uniroot(
  function(beta) log_likelihood(monotone, beta) - highest + qchisq(0.95, 1) / 2,
  c(-8, 30),
  tol = 1e-12
)$root
save(
  data.frame(
    low = exp(lower),
    p_value = 1 - pchisq(2 * (highest - log_likelihood(monotone, 0)), 1)
  ),
  "monotone_cox.csv"
)
three <- survdiff(Surv(time, status) ~ ph.ecog,
  data = subset(survival::lung, ph.ecog < 3)
)
ecog <- with(
  subset(survival::lung, ph.ecog < 3),
  data.frame(time, event = status - 1, group = ph.ecog)
)
save(ecog, "lung_ecog.csv")
save(
  data.frame(chisq = three$chisq, p_value = pchisq(three$chisq, 2, lower.tail = FALSE)),
  "log_rank_three_groups.csv"
)

# One proportion: every x of 42.
save(
  do.call(rbind, lapply(0:42, function(x) {
    exact <- binom.test(x, 42)$conf.int
    wilson <- prop.test(x, 42, correct = FALSE)$conf.int
    data.frame(
      x, n = 42, cp_low = exact[1], cp_high = exact[2],
      wilson_low = wilson[1], wilson_high = wilson[2]
    )
  })),
  "one_proportion.csv"
)

# Two proportions: Newcombe's interval from R's Wilson intervals; Fisher's p; the
# conditional odds ratio as fisher.test defines it, solved to full precision.
wilson <- function(x, n) prop.test(x, n, correct = FALSE)$conf.int
conditional <- function(x1, n1, x2, n2) {
  total <- x1 + x2
  support <- max(0, total - n2):min(n1, total)
  weight <- dhyper(support, n1, n2, total, log = TRUE)
  chances <- function(beta) {
    d <- weight + beta * support
    d <- exp(d - max(d))
    d / sum(d)
  }
  solve <- function(f) exp(uniroot(f, c(-30, 30), tol = 1e-13)$root)
  low <- estimate <- 0
  high <- NA
  if (x1 > min(support)) {
    low <- solve(function(b) sum(chances(b)[support >= x1]) - 0.025)
  }
  if (x1 < max(support)) {
    high <- solve(function(b) sum(chances(b)[support <= x1]) - 0.025)
  }
  if (x1 > min(support) && x1 < max(support)) {
    estimate <- solve(function(b) sum(chances(b) * support) - x1)
  } else if (x1 == max(support)) {
    estimate <- NA
  }
  c(estimate, low, high)
}
pairs <- rbind(
  c(56, 70, 48, 80), c(9, 10, 3, 10), c(5, 56, 0, 29), c(27, 72, 11, 37),
  c(14, 33, 1, 40), c(19, 33, 4, 40), c(0, 10, 3, 12), c(10, 10, 3, 12),
  c(7, 12, 5, 14)
)
save(
  do.call(rbind, apply(pairs, 1, function(p) {
    first <- wilson(p[1], p[2])
    second <- wilson(p[3], p[4])
    rate <- c(p[1] / p[2], p[3] / p[4])
    difference <- rate[1] - rate[2]
    odds <- conditional(p[1], p[2], p[3], p[4])
    data.frame(
      x1 = p[1], n1 = p[2], x2 = p[3], n2 = p[4], difference,
      newcombe_low =
        difference - sqrt((rate[1] - first[1])^2 + (second[2] - rate[2])^2),
      newcombe_high =
        difference + sqrt((first[2] - rate[1])^2 + (rate[2] - second[1])^2),
      odds_ratio = odds[1], odds_low = odds[2], odds_high = odds[3],
      fisher_p =
        fisher.test(rbind(c(p[1], p[2] - p[1]), c(p[3], p[4] - p[3])))$p.value
    )
  })),
  "two_proportions.csv"
)

# Fisher's test of several groups.
halton <- list(
  her2_levels = list(c(2, 4, 8, 6), c(9, 11, 14, 8)),
  daisy = list(c(11, 27, 48), c(37, 72, 68)),
  three = list(c(1, 3, 0), c(10, 9, 5)),
  none = list(c(0, 0, 0), c(10, 9, 5))
)
save(
  do.call(rbind, lapply(names(halton), function(n) {
    x <- halton[[n]]
    table <- rbind(x[[1]], x[[2]] - x[[1]])
    p_value <- if (sum(x[[1]])) fisher.test(table, workspace = 2e7)$p.value else 1
    data.frame(
      name = n, events = paste(x[[1]], collapse = " "),
      totals = paste(x[[2]], collapse = " "), p_value
    )
  })),
  "fisher_halton.csv"
)
