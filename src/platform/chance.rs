//! Numbers that nobody can guess, from the system. What only spreads load is drawn elsewhere.

use std::io;

/// 64 bits.
pub fn bits64() -> io::Result<u64> {
    let mut bytes = [0; 8];
    fill(&mut bytes)?;
    Ok(u64::from_ne_bytes(bytes))
}

/// Fills the bytes.
pub(super) fn fill(bytes: &mut [u8]) -> io::Result<()> {
    getrandom::fill(bytes).map_err(|why| io::Error::other(format!("drawing random bytes: {why}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_draws_are_alike() {
        assert_ne!(bits64().unwrap(), bits64().unwrap());
    }
}
