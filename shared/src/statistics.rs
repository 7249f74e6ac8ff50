//! Means of repeated measurements with what is not known of them: an interval that minds what belongs together.

/// The share of intervals that hold the truth.
const CONFIDENCE: f64 = 0.95;

/// A mean and its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The mean over all values.
    pub mean: f64,
    /// Its standard error.
    pub error: f64,
    /// Where the interval begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
}

/// The mean of values that come in clusters, each of which counts as one observation: Var = G/(G − 1)·n⁻²·Σ_g(Σ_{i∈g}(x_i − mean))², and the
/// interval by Student's t with G − 1 degrees of freedom. None for fewer than two clusters, of which nothing can be said.
pub fn cluster_mean<'a>(clusters: impl IntoIterator<Item = &'a [f64]>) -> Option<Estimate> {
    let clusters: Vec<&[f64]> = clusters.into_iter().filter(|cluster| !cluster.is_empty()).collect();
    if clusters.len() < 2 {
        return None;
    }
    let groups = clusters.len() as f64;
    let values = clusters.iter().map(|cluster| cluster.len()).sum::<usize>() as f64;
    let mean = clusters.iter().flat_map(|cluster| cluster.iter()).sum::<f64>() / values;
    let squares: f64 = clusters.iter().map(|cluster| cluster.iter().map(|value| value - mean).sum::<f64>().powi(2)).sum();
    let error = (groups / (groups - 1.0) * squares).sqrt() / values;
    let half = student(CONFIDENCE, groups - 1.0) * error;
    Some(Estimate { mean, error, low: mean - half, high: mean + half })
}

/// How many standard errors around the mean hold this share of Student's t distribution. `freedom` are its degrees of freedom, 1 or more.
fn student(share: f64, freedom: f64) -> f64 {
    // The share is the incomplete beta function of t²/(freedom + t²), which grows: its argument is halved out.
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if incomplete_beta(middle, 0.5, freedom / 2.0) < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    (freedom * low / (1.0 - low)).sqrt()
}

/// How likely a split as uneven as this one, or more so, is of as many fair tosses: the exact two-sided binomial test at ½. None of no tosses.
pub fn binomial_at_half(successes: u64, tosses: u64) -> Option<f64> {
    if tosses == 0 {
        return None;
    }
    let fewer = successes.min(tosses.saturating_sub(successes)) as f64;
    // P(X ≤ k) is the incomplete beta function at ½ of n − k and k + 1; the distribution is symmetric.
    Some((2.0 * incomplete_beta(0.5, tosses as f64 - fewer, fewer + 1.0)).min(1.0))
}

/// The regularised incomplete beta function.
fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    // The fraction converges fast only below the mean.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(1.0 - x, b, a);
    }
    let factor = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp() / a;
    factor * continued_fraction(x, a, b)
}

/// The continued fraction of the incomplete beta function, by Lentz's method.
fn continued_fraction(x: f64, a: f64, b: f64) -> f64 {
    const SMALLEST: f64 = 1e-300;
    let keep = |number: f64| if number.abs() < SMALLEST { SMALLEST } else { number };
    let (mut c, mut d) = (1.0, 1.0 / keep(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for step in 1..=1_000_u32 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut last = 1.0;
        for numerator in [even, odd] {
            d = 1.0 / keep(1.0 + numerator * d);
            c = keep(1.0 + numerator / c);
            last = c * d;
            fraction *= last;
        }
        if (last - 1.0).abs() < 1e-15 {
            break;
        }
    }
    fraction
}

/// The logarithm of the gamma function of a positive number, by Lanczos' approximation.
fn ln_gamma(x: f64) -> f64 {
    const G: f64 = 7.0;
    const FIRST: f64 = 0.999_999_999_999_809_9;
    const COEFFICIENTS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let mut place = x;
    let series = COEFFICIENTS.iter().fold(FIRST, |sum, coefficient| {
        place += 1.0;
        sum + coefficient / place
    });
    let base = x + G + 0.5;
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * base.ln() - base + series.ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn near(one: f64, other: f64) {
        assert!((one - other).abs() < 1e-6 * other.abs().max(1.0), "{one} is not {other}");
    }

    #[test]
    fn students_t_is_that_of_scipy() {
        let golden: Value = serde_json::from_str(include_str!("experiments/golden.json")).unwrap();
        for pair in golden["student"].as_array().unwrap() {
            near(student(0.95, pair[0].as_f64().unwrap()), pair[1].as_f64().unwrap());
        }
    }

    #[test]
    fn a_cluster_counts_as_one_observation() {
        let clusters = [[1.0, 1.0, 1.0], [0.0, 0.0, 1.0], [1.0, 0.0, 1.0], [1.0, 0.0, 0.0]];
        let estimate = cluster_mean(clusters.iter().map(|cluster| &cluster[..])).unwrap();
        for (is, expected) in [
            (estimate.mean, 0.583_333_333_3),
            (estimate.error, 0.159_571_2),
            (estimate.low, 0.075_506_606_4),
            (estimate.high, 1.091_160_060_3),
        ] {
            near(is, expected);
        }
    }

    #[test]
    fn a_fair_coin_is_tested_exactly() {
        // By summing the binomial coefficients.
        for (successes, tosses, expected) in [
            (4, 5, 0.375),
            (5, 5, 0.0625),
            (0, 5, 0.0625),
            (5, 10, 1.0),
            (8, 10, 0.109_375),
            (1, 1, 1.0),
            (60, 100, 0.056_887_933_6),
            (36, 50, 0.002_602_171_5),
        ] {
            near(binomial_at_half(successes, tosses).unwrap(), expected);
        }
        assert_eq!(binomial_at_half(0, 0), None);
    }

    #[test]
    fn one_cluster_says_nothing() {
        assert_eq!(cluster_mean([&[0.5, 0.75][..], &[]]), None);
        assert_eq!(cluster_mean([]), None);
    }
}
