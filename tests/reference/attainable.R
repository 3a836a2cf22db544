# Writes attainable.csv: the largest p-value at or below 0.05 of exact tests, and for
# Boschloo's the chance of rejecting under the least favourable common rate. Run in this
# folder: Rscript attainable.R
# R 4.2.2, survival 3.5. Values at full precision.
#
# Every outcome is listed and given its p-value by R: fisher.test of each table with the
# margins; the rank sums of every division (Wilcoxon); survdiff of every division; sums
# of scores of every way to deal the events. Boschloo's test is written out: fisher.test
# one-sided orders the tables, the common rate goes through 4001 values.
suppressMessages(library(survival))
options(digits = 17)
alpha <- 0.05

largest <- function(p) {
  # as.numeric of 1/20 and a sum of 20 chances may differ in the last digit
  max(0, p[p <= alpha * (1 + 1e-7)])
}

tables_of <- function(totals, events) {
  all <- as.matrix(expand.grid(lapply(totals, function(n) 0:n)))
  all[rowSums(all) == events, , drop = FALSE]
}

fisher_size <- function(totals, events) {
  tables <- tables_of(totals, events)
  largest(apply(tables, 1, function(e) fisher.test(rbind(e, totals - e))$p.value))
}

by_distance <- function(distance) {
  largest(sapply(distance, function(d) mean(distance >= d - 1e-9)))
}

trend_size <- function(totals, events, scores) {
  patients <- rep(scores, totals)
  dealt <- combn(length(patients), events)
  sums <- apply(dealt, 2, function(chosen) sum(patients[chosen]))
  by_distance(abs(sums - mean(sums)))
}

rank_size <- function(values, n) {
  ranks <- rank(values)
  sums <- apply(combn(length(values), n), 2, function(chosen) sum(ranks[chosen]))
  by_distance(abs(sums - mean(sums)))
}

log_rank_size <- function(time, event, n) {
  by_distance(apply(combn(length(time), n), 2, function(chosen) {
    group <- seq_along(time) %in% chosen
    survdiff(Surv(time, event) ~ group)$chisq
  }))
}

boschloo_size <- function(n, m) {
  tables <- as.matrix(expand.grid(0:n, 0:m))
  one_sided <- function(side) {
    apply(tables, 1, function(e) {
      fisher.test(cbind(e, c(n, m) - e), alternative = side)$p.value
    })
  }
  rates <- seq(0, 1, length.out = 4001)
  chances <- sapply(rates, function(r) {
    dbinom(tables[, 1], n, r) * dbinom(tables[, 2], m, r)
  })
  p <- function(order) {
    sapply(order, function(o) max(colSums(chances[order <= o + 1e-9, , drop = FALSE])))
  }
  both <- pmin(1, 2 * pmin(p(one_sided("less")), p(one_sided("greater"))))
  max(colSums(chances[both <= alpha, , drop = FALSE]))
}

words <- function(values) paste(values, collapse = " ")
rows <- list()
add <- function(test, totals, events, more, size) {
  row <- data.frame(test, totals = words(totals), events = words(events),
                    more = words(more), size)
  rows[[length(rows) + 1]] <<- row
}

for (case in list(list(c(14, 14), 10), list(c(16, 3), 7), list(c(4, 3), 2),
                  list(c(5, 6), 0), list(c(4, 5, 6), 7), list(c(9, 11, 14, 8), 20))) {
  add("fisher", case[[1]], case[[2]], "", fisher_size(case[[1]], case[[2]]))
}
for (case in list(list(c(4, 5, 6), 6, c(0, 1, 2)), list(c(3, 7, 2, 4), 5, c(0, 0.5, 1, 2)))) {
  add("trend", case[[1]], case[[2]], case[[3]],
      trend_size(case[[1]], case[[2]], case[[3]]))
}
for (case in list(c(3, 4), c(5, 6), c(14, 14), c(26, 14), c(3, 16))) {
  add("boschloo", case, "", "", boschloo_size(case[1], case[2]))
}
values <- c(1, 2, 2, 3, 5, 5, 5, 8, 9, 12, 13)
for (n in c(2, 3, 5)) {
  add("rank_sum", n, "", values, rank_size(values, n))
}
time <- c(3, 5, 5, 8, 10, 12, 12, 15, 20, 21)
event <- c(1, 1, 0, 1, 1, 1, 1, 0, 1, 0)
for (n in c(2, 3, 5)) {
  add("log_rank", n, event, time, log_rank_size(time, event, n))
}
write.csv(do.call(rbind, rows), "attainable.csv", row.names = FALSE, quote = FALSE)
