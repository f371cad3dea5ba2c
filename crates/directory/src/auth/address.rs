//! The one form of an e-mail address, so that no two accounts have addresses that look alike: lower
//! case, basic Latin letters, a domain of another script in its `xn--` form.

use kernel::error::{Error, Result};

/// The address as it is stored and compared.
pub fn normal(text: &str) -> Result<String> {
    let refused = || Error::field("/email", "email", "This is not an e-mail address.");
    let (local, domain) = text.trim().rsplit_once('@').ok_or_else(refused)?;
    if !local.is_ascii() {
        let message = "Before the @ an address has letters of the basic Latin alphabet only.";
        return Err(Error::field("/email", "local_part", message));
    }
    if local.is_empty() || local.bytes().any(|byte| !byte.is_ascii_graphic()) {
        return Err(refused());
    }
    let domain = idna::domain_to_ascii_strict(domain).map_err(|_| refused())?;
    match domain.is_empty() || domain.parse::<std::net::Ipv4Addr>().is_ok() {
        true => Err(refused()),
        false => Ok(format!("{}@{domain}", local.to_ascii_lowercase())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_look_alike_are_one_or_are_refused() {
        let found = |text: &str| match normal(text) {
            Ok(address) => address,
            Err(Error::Problem(problem)) => problem.errors[0].code.clone(),
            Err(_) => "fault".into(),
        };
        for (text, expected) in [
            ("Grace@Housing.Example", "grace@housing.example"),
            (" grace@housing.example ", "grace@housing.example"),
            ("grace@ｈousing.example", "grace@housing.example"),
            ("grace@HOUSİNG.example", "grace@xn--housing-bie.example"),
            ("grace@hоusing.example", "grace@xn--husing-wqf.example"),
            ("gr\u{430}ce@housing.example", "local_part"),
            ("ｇrace@housing.example", "local_part"),
            ("gra\u{200b}ce@housing.example", "local_part"),
            ("a b@housing.example", "email"),
            ("a\n@housing.example", "email"),
            ("a\u{7f}@housing.example", "email"),
            ("@housing.example", "email"),
            ("grace@", "email"),
            ("grace@127.0.0.1", "email"),
            ("grace", "email"),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
        for script in ["grace@hоusing.example", "grace@straße.example"] {
            assert!(found(script).contains("@xn--"), "{}", found(script));
        }
    }
}
