# Writes agreement.csv, the reference values of tests/statistics/test_kappa.py.
# Run in this folder: Rscript agreement.R
# R 4.2.2, psych 2.2.9, vcd 1.4-11. Values at full precision.
# Gwet's coefficients are written out here from his papers: irrCAC is not in Debian.
suppressMessages({
  library(psych)
  library(vcd)
})

tables <- list(
  definitions = rbind(c(20, 5, 0), c(4, 15, 3), c(0, 2, 11)),
  abstractors = rbind(c(13, 0, 0), c(0, 20, 7), c(0, 4, 56)),
  skewed = rbind(c(40, 2, 0, 0), c(3, 1, 0, 0), c(0, 0, 0, 0), c(0, 0, 0, 1)),
  her2 = rbind(c(17, 4, 0, 0), c(4, 11, 3, 1), c(0, 9, 8, 0), c(0, 0, 0, 0)),
  two = rbind(c(17, 4), c(4, 29)),
  opposite = rbind(c(0, 5), c(6, 0))
)

weight <- function(q, power) 1 - (abs(outer(1:q, 1:q, "-")) / (q - 1))^power

# One row a pair: estimate and interval (t, n - 1 df) of Gwet's AC, unit by unit.
gwet <- function(table, w) {
  q <- nrow(table)
  pairs <- which(table > 0, arr.ind = TRUE)
  pairs <- pairs[rep(seq_len(nrow(pairs)), table[pairs]), ]
  n <- nrow(pairs)
  prevalence <- tabulate(pairs, q) / (2 * n)
  chance_of <- sum(w) / (q * (q - 1)) * (1 - prevalence)
  chance <- sum(prevalence * chance_of)
  agreement <- w[pairs]
  ac <- (mean(agreement) - chance) / (1 - chance)
  own <- (chance_of[pairs[, 1]] + chance_of[pairs[, 2]]) / 2
  unit <- (agreement - chance) / (1 - chance) -
    2 * (1 - ac) * (own - chance) / (1 - chance)
  variance <- sum((unit - ac)^2) / (n * (n - 1))
  half <- if (variance > 1e-12) qt(0.975, n - 1) * sqrt(variance) else NA
  c(ac, ac - half, ac + half)
}

rows <- list()
add <- function(name, measure, values) {
  values <- pmax(pmin(values, 1), -1)
  rows[[length(rows) + 1]] <<- data.frame(
    name = name, counts = paste(t(tables[[name]]), collapse = " "), measure,
    estimate = values[1], low = values[2], high = values[3]
  )
}
for (name in names(tables)) {
  table <- tables[[name]]
  q <- nrow(table)
  kappas <- suppressWarnings(cohen.kappa(table))
  linear <- suppressWarnings(cohen.kappa(table, w = weight(q, 1)))
  of <- function(found, which) found$confid[which, c(2, 1, 3)]
  add(name, "psych_cohen_kappa", of(kappas, 1))
  add(name, "psych_linear_kappa", c(linear$weighted.kappa, NA, NA))
  # A negative variance is set to zero by psych: no interval.
  usable <- if (kappas$var.weighted > 0) of(kappas, 2)[2:3] else c(NA, NA)
  add(name, "psych_quadratic_kappa", c(kappas$weighted.kappa, usable))
  for (kind in c("Equal-Spacing", "Fleiss-Cohen")) {
    found <- Kappa(table, weights = kind)
    limits <- confint(found)
    measure <- if (kind == "Equal-Spacing") "linear" else "quadratic"
    add(name, paste0("vcd_", measure, "_kappa"),
        c(found$Weighted[["value"]], limits["Weighted", ]))
  }
  add(name, "vcd_cohen_kappa", c(found$Unweighted[["value"]], limits["Unweighted", ]))
  add(name, "gwet_ac1", gwet(table, diag(q)))
  add(name, "gwet_ac2_linear", gwet(table, weight(q, 1)))
  add(name, "gwet_ac2_quadratic", gwet(table, weight(q, 2)))
}
all <- do.call(rbind, rows)
for (column in c("estimate", "low", "high")) {
  all[[column]] <- ifelse(is.na(all[[column]]), "", sprintf("%.17g", all[[column]]))
}
write.csv(all, "agreement.csv", row.names = FALSE, quote = FALSE)
