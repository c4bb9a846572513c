//! Prints amounts as the pages of the site do: in 万元 with six decimals, in yuan with thousands marks. Amounts are fen.

/// `320.000000` for 3,200,000 yuan: the summary table's form, exact to the fen.
#[must_use]
pub fn wan(fen: i64) -> String {
    format!("{}.{:06}", fen / 1_000_000, fen % 1_000_000)
}

/// `95.6` for 956,000 yuan: the older bodies' form, without closing zeros but with one decimal.
#[must_use]
pub fn wan_short(fen: i64) -> String {
    let long = wan(fen);
    let short = long.trim_end_matches('0');
    if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
}

/// `3,200,000.00`.
#[must_use]
pub fn yuan(fen: i64) -> String {
    let whole = (fen / 100).to_string();
    let mut marked = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            marked.push(',');
        }
        marked.push(digit);
    }
    format!("{marked}.{:02}", fen % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_printed_to_the_fen() {
        assert_eq!(wan(315_880_101), "315.880101");
        assert_eq!(wan_short(168_995_000), "168.995");
        assert_eq!(wan_short(320_000_000), "320.0");
        assert_eq!(yuan(315_880_105), "3,158,801.05");
        assert_eq!(yuan(99_900), "999.00");
    }
}
