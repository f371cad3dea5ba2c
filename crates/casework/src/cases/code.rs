//! Case codes: random, with a check character, never counted. `WCC-7K3Q9M`.

use kernel::crypto::{self, CryptoError};

/// No letters or digits that are mistaken for one another when read over the telephone.
const ALPHABET: &[u8; 29] = b"23456789ABCDEFGHJKMNPQRSTVWXY";
const RANDOM: usize = 5;

/// A new code in a MARAC. The alphabet is of prime size, so the check character catches every single
/// slip and every exchange of neighbours.
pub fn generate(marac_code: &str) -> Result<String, CryptoError> {
    let mut values = Vec::with_capacity(RANDOM);
    while values.len() < RANDOM {
        let bytes: [u8; 16] = crypto::random()?;
        let fair = bytes
            .iter()
            .filter(|byte| **byte < 232)
            .map(|byte| usize::from(byte % 29));
        values.extend(fair.take(RANDOM - values.len()));
    }
    values.push(check(&values));
    let letters: String = values
        .iter()
        .filter_map(|value| ALPHABET.get(*value))
        .map(|byte| char::from(*byte))
        .collect();
    Ok(format!("{marac_code}-{letters}"))
}

/// Whether a code that somebody typed can be one.
pub fn is_plausible(code: &str) -> bool {
    let Some((marac, letters)) = code.trim().rsplit_once('-') else {
        return false;
    };
    let values: Option<Vec<usize>> = letters
        .bytes()
        .map(|byte| {
            ALPHABET
                .iter()
                .position(|letter| *letter == byte.to_ascii_uppercase())
        })
        .collect();
    !marac.is_empty()
        && values.is_some_and(|values| {
            values.len() == RANDOM + 1
                && values
                    .split_last()
                    .is_some_and(|(last, rest)| *last == check(rest))
        })
}

fn check(values: &[usize]) -> usize {
    values
        .iter()
        .zip(2..)
        .map(|(value, weight)| value * weight)
        .sum::<usize>()
        % ALPHABET.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_plausible_and_slips_are_not() {
        for _ in 0..200 {
            let code = generate("WCC").unwrap();
            assert!(
                is_plausible(&code) && is_plausible(&code.to_lowercase()),
                "{code}"
            );
            let letters = code.trim_start_matches("WCC-").as_bytes();
            for at in 0..letters.len() {
                for letter in ALPHABET {
                    let mut slip = letters.to_vec();
                    slip[at] = *letter;
                    let slip = format!("WCC-{}", String::from_utf8(slip).unwrap());
                    assert_eq!(is_plausible(&slip), slip == code, "{code} {slip}");
                }
                let mut swapped = letters.to_vec();
                swapped.swap(at, (at + 1) % letters.len());
                let swapped = format!("WCC-{}", String::from_utf8(swapped).unwrap());
                assert!(
                    swapped == code || at + 1 == letters.len() || !is_plausible(&swapped),
                    "{code} {swapped}"
                );
            }
        }
        for bad in ["", "WCC", "WCC-", "-234567", "WCC-0O1I00"] {
            assert!(!is_plausible(bad));
        }
    }
}
