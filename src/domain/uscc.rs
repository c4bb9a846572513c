//! The unified social credit code (GB 32100-2015): does its check character fit? Says nothing of who holds it.

const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// Whether these are eighteen characters of the code's alphabet with a fitting check character. Lower case is no code.
#[must_use]
pub fn is_valid(code: &str) -> bool {
    let values: Option<Vec<usize>> = code.bytes().map(value).collect();
    let Some((&check, body)) = values.as_deref().and_then(<[usize]>::split_last) else {
        return false;
    };
    let sum: usize = body.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    body.len() == WEIGHTS.len() && (31 - sum % 31) % 31 == check
}

/// The two-digit province of the registering authority (`11`); nothing for a code of the national register.
#[must_use]
pub fn province(code: &str) -> Option<&str> {
    let registered = code.get(2..8).filter(|_| is_valid(code))?;
    (registered != "100000").then(|| code.get(2..4)).flatten()
}

fn value(character: u8) -> Option<usize> {
    ALPHABET.iter().position(|&known| known == character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_codes_fit_and_slips_do_not() {
        for code in ["91350100M000100Y43", "911100007693890511", "12100000400000624D", "91440300708461136T"] {
            assert!(is_valid(code), "{code}");
        }
        for code in
            ["91350100M000100Y4A", "91310115MA1H8R7C6D", "", "9135", "91350100m000100y43", "９１350100M000100Y4"]
        {
            assert!(!is_valid(code), "{code}");
        }
    }

    #[test]
    fn the_national_register_names_no_province() {
        assert_eq!(province("91440300708461136T"), Some("44"));
        assert_eq!(province("12100000400000624D"), None);
    }
}
