# Writes the reference values of tests/statistics/test_competing.py:
# survival at milestones by summary(survfit, times = ), cumulative incidence and Gray's
# test by cuminc. Run in this folder: Rscript competing.R
# R 4.2.2, survival 3.5-3, cmprsk 2.2-11. Values at full precision. Data: survival's
# lung, veteran and mgus2 (progression against death), a course with a plateau and ties
# whose last time is censored, and one that ends in an event.
suppressMessages(library(survival))
suppressMessages(library(cmprsk))

save <- function(table, file) {
  numeric <- sapply(table, is.double)
  table[numeric] <- lapply(table[numeric], function(x) {
    ifelse(is.na(x), "", sprintf("%.17g", x))
  })
  write.csv(table, file, row.names = FALSE, quote = FALSE, na = "")
}

mgus <- with(mgus2, data.frame(
  set = "mgus2", time = ifelse(pstat == 1, ptime, futime),
  cause = ifelse(pstat == 1, 1, 2 * death), group = as.character(sex)
))
# Months of mgus2 are whole: more than one patient at most times.
lung <- with(survival::lung, data.frame(
  set = "lung", time, cause = status - 1, group = paste0("sex", sex)
))
veteran <- with(survival::veteran, data.frame(
  set = "veteran", time, cause = ifelse(status == 1, ifelse(prior == 10, 2, 1), 0),
  group = as.character(celltype)
))
plateau <- data.frame(
  set = "plateau", time = c(1, 2, 2, 3, 3, 5, 5, 5, 8, 9, 9, 12),
  cause = c(1, 1, 2, 0, 1, 2, 2, 0, 1, 0, 1, 0), group = rep(c("a", "b"), 6)
)
ends <- data.frame(
  set = "ends", time = c(2, 4, 4, 6, 7, 7), cause = c(1, 2, 1, 0, 1, 1),
  group = rep(c("a", "b"), 3)
)
sets <- list(lung, veteran, mgus, plateau, ends)
save(do.call(rbind, sets), "competing_data.csv")

times_of <- function(d) {
  middle <- quantile(d$time, c(0.1, 0.35, 0.6, 0.9), type = 1)
  sort(unique(c(0, middle, middle + 0.5, 5, 7, max(d$time), max(d$time) + 1)))
}

milestones <- do.call(rbind, lapply(sets, function(d) {
  do.call(rbind, lapply(c("all", unique(d$group)), function(g) {
    own <- if (g == "all") d else d[d$group == g, ]
    asked <- times_of(d)
    fit <- survfit(Surv(time, cause > 0) ~ 1, own, conf.type = "log-log")
    found <- summary(fit, times = asked)
    at <- match(asked, found$time)
    data.frame(
      set = d$set[1], group = g, time = asked, at_risk = found$n.risk[at],
      survival = found$surv[at], low = found$lower[at], high = found$upper[at]
    )
  }))
}))
save(milestones, "milestones.csv")

curves <- do.call(rbind, lapply(sets, function(d) {
  do.call(rbind, lapply(c("all", unique(d$group)), function(g) {
    own <- if (g == "all") d else d[d$group == g, ]
    if (!any(own$cause == 1)) return(NULL)
    asked <- times_of(d)
    found <- timepoints(cuminc(own$time, own$cause), asked)
    data.frame(
      set = d$set[1], group = g, time = asked,
      incidence = found$est["1 1", ], variance = found$var["1 1", ]
    )
  }))
}))
save(curves, "cumulative_incidence.csv")

tests <- do.call(rbind, lapply(sets, function(d) {
  found <- cuminc(d$time, d$cause, d$group)$Tests
  data.frame(set = d$set[1], statistic = found["1", "stat"], p = found["1", "pv"])
}))
save(tests, "gray.csv")
