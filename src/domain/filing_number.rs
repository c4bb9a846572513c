//! Is it the number of a filed blockchain service (京网信备…号)? Twenty characters, the last by ISO 7064 MOD 11-2 over the nineteen
//! before it: worked out from thirteen real numbers, no standard says so. What merely looks like one is told apart by name.

use super::names;

/// A number whose check character fits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FilingNumber {
    office: Option<char>,
    digits: String,
}

/// Why a text is no such number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NoFilingNumber {
    /// 公网安备: the police's register of sites.
    #[error("a 公网安备 number, which the police give to web sites")]
    Police,
    /// ICP备: a site's licence.
    #[error("an ICP number, which every web site has")]
    Site,
    /// 网信算备: an algorithm's filing.
    #[error("a 网信算备 number, which is an algorithm's filing")]
    Algorithm,
    /// Not twenty characters of digits, the last perhaps an X.
    #[error("no 网信备 number: 20 digits are expected, the last may be X")]
    Shape,
    /// The check character is not what the others come to.
    #[error("a 网信备 number whose check character does not fit")]
    Check,
}

/// How many characters a number has.
const LENGTH: usize = 20;

impl FilingNumber {
    /// Reads a number as printed: with or without blanks, office and 号, in either width, with a small x.
    pub fn read(text: &str) -> Result<Self, NoFilingNumber> {
        let text = names::squeezed(text);
        for (mark, what) in [
            ("公网安备", NoFilingNumber::Police),
            ("icp", NoFilingNumber::Site),
            ("网信算备", NoFilingNumber::Algorithm),
        ] {
            if text.contains(mark) {
                return Err(what);
            }
        }
        let (before, digits) = text.rsplit_once("网信备").unwrap_or(("", &text));
        let digits = digits.trim_start_matches("案号").trim_start_matches(['第', ':', '(', '-']);
        let digits = digits.trim_end_matches([')', '号']).to_uppercase();
        let (body, check) = digits.split_at_checked(LENGTH - 1).ok_or(NoFilingNumber::Shape)?;
        let is_check = matches!(check.as_bytes(), [b'0'..=b'9' | b'X']);
        if !is_check || !body.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(NoFilingNumber::Shape);
        }
        let fits = check.chars().eq(std::iter::once(check_character(body)));
        let office = before.chars().last();
        if fits { Ok(Self { office, digits }) } else { Err(NoFilingNumber::Check) }
    }

    /// The twenty characters.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.digits
    }
}

impl std::fmt::Display for FilingNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.office {
            Some(office) => write!(f, "{office}网信备{}号", self.digits),
            None => f.write_str(&self.digits),
        }
    }
}

/// ISO 7064 MOD 11-2: what makes the whole come to 1.
fn check_character(digits: &str) -> char {
    let sum = digits.bytes().fold(0, |sum, digit| (sum + u32::from(digit.wrapping_sub(b'0'))) * 2 % 11);
    let check = (12 - sum) % 11;
    char::from_digit(check, 10).unwrap_or('X')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Printed in the footers of real sites.
    const REAL: [&str; 13] = [
        "44030419239726130015",
        "1101081963896882001X",
        "33010822584102190011",
        "11010519322986960019",
        "1101082276223860002X",
        "11010519864491550014",
        "33010819963715880033",
        "33010821275605010021",
        "33010619213211320012",
        "33011021539843750010",
        "44030520701478930010",
        "44030524273626860016",
        "1101081971596078003X",
    ];

    #[test]
    fn every_real_number_fits_however_it_is_printed() {
        for digits in REAL {
            let plain = FilingNumber::read(digits).unwrap();
            assert_eq!(plain.digits(), digits);
            let wide: String = digits.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
            for printed in [
                format!("京网信备{digits}号"),
                format!("京网信备 {} 号", digits.to_lowercase()),
                format!("京网信备{wide}号"),
                format!("京网信备（{digits}）号"),
            ] {
                let number = FilingNumber::read(&printed).unwrap_or_else(|why| panic!("{printed}: {why}"));
                assert_eq!(number.to_string(), format!("京网信备{digits}号"));
            }
        }
    }

    #[test]
    fn a_slip_of_one_digit_or_of_two_neighbours_never_fits() {
        for digits in REAL {
            for place in 0..19 {
                let mut slipped = digits.as_bytes().to_vec();
                slipped[place] = if slipped[place] == b'9' { b'0' } else { slipped[place] + 1 };
                let slipped = String::from_utf8(slipped).unwrap();
                assert_eq!(FilingNumber::read(&slipped), Err(NoFilingNumber::Check), "{slipped}");
            }
            for place in 0..18 {
                let mut swapped = digits.as_bytes().to_vec();
                swapped.swap(place, place + 1);
                let swapped = String::from_utf8(swapped).unwrap();
                assert_eq!(FilingNumber::read(&swapped).is_ok(), swapped == digits, "{swapped}");
            }
        }
    }

    #[test]
    fn look_alikes_are_told_apart() {
        for (text, why) in [
            ("京公网安备11010502030143号", NoFilingNumber::Police),
            ("京ICP备12345678号-1", NoFilingNumber::Site),
            ("网信算备110108003792101240019号", NoFilingNumber::Algorithm),
            ("京网信备1101081963896882001号", NoFilingNumber::Shape),
            ("1.10105E+19", NoFilingNumber::Shape),
            ("无", NoFilingNumber::Shape),
            ("", NoFilingNumber::Shape),
        ] {
            assert_eq!(FilingNumber::read(text), Err(why), "{text}");
        }
    }
}
