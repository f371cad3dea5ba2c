//! Guesses, and whom they are counted for.
//!
//! Each is counted before it is checked, in the database, so that many at once and many servers are
//! counted like one after the other. Limits are by account *and* network: a stranger who guesses makes
//! themselves wait, and not the owner of the account who comes from where they signed in before. How
//! many are free, and how long the pauses are, stands in `guess_limit` and `guess_opens_at`.

use chrono::NaiveDate;
use uuid::Uuid;

use kernel::crypto::KeyRing;
use kernel::http::Network;
use practice::vocabulary;

vocabulary! {
    /// What a guess is counted under.
    GuessKind {
        /// One account, from one network.
        AccountNetwork = "account_network",
        /// One account, from all networks that are new to it.
        Account = "account",
        /// One network, for accounts that are new to it: many accounts are tried from there.
        Network = "network",
        /// One network, for accounts that signed in from it before: an office, most likely.
        KnownNetwork = "known_network",
        /// One password, from networks that are new to the account: it is tried on many accounts.
        Password = "password",
        /// Long random secrets, from one network. They cannot be guessed; this bounds the noise.
        Secret = "secret",
    }
}

/// A guess, and all that it is counted under, by keyed hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess(Vec<(GuessKind, Vec<u8>)>);

impl Guess {
    /// A password at sign-in. `known`: the account signed in from there before.
    pub fn at_sign_in(
        keys: &KeyRing,
        account: &str,
        password: &str,
        from: Network,
        known: bool,
        today: NaiveDate,
    ) -> Self {
        if known {
            return Self::of_known(keys, account, from);
        }
        let network = from.to_string();
        // Of the password's hash so little is kept, and for so short a time, that nobody can tell from
        // it what was typed, which may be nearly right.
        let mut password = keys.index("guess: password", &[&today.to_string(), password]);
        password.truncate(4);
        Self(vec![
            (GuessKind::Account, keys.index("guess: account", &[account])),
            account_network(keys, account, &network),
            (
                GuessKind::Network,
                keys.index("guess: network", &[&network]),
            ),
            (GuessKind::Password, password),
        ])
    }

    /// The own password again, in a session; or at sign-in from a network that the account knows.
    pub fn of_known(keys: &KeyRing, account: &str, from: Network) -> Self {
        let network = from.to_string();
        let known = keys.index("guess: known network", &[&network]);
        Self(vec![
            account_network(keys, account, &network),
            (GuessKind::KnownNetwork, known),
        ])
    }

    /// A refresh token, a link's token or a client's secret that nobody has.
    pub fn of_secret(keys: &KeyRing, from: Network) -> Self {
        let network = from.to_string();
        Self(vec![(
            GuessKind::Secret,
            keys.index("guess: secret", &[&network]),
        )])
    }

    /// The kinds and the subjects, in the order in which their rows are locked.
    pub fn rows(&self) -> (Vec<&'static str>, Vec<Vec<u8>>) {
        let rows = self.0.iter();
        rows.map(|(kind, subject)| (kind.as_str(), subject.clone()))
            .unzip()
    }
}

fn account_network(keys: &KeyRing, account: &str, network: &str) -> (GuessKind, Vec<u8>) {
    let subject = keys.index("guess: account and network", &[account, network]);
    (GuessKind::AccountNetwork, subject)
}

/// A network as an account's own rows hold it: the same network of two accounts looks different.
pub fn known_network(keys: &KeyRing, user_id: Uuid, from: Network) -> Vec<u8> {
    keys.index("known network", &[&user_id.to_string(), &from.to_string()])
}

/// What a failure is recorded against: account and network together, which the audit cannot tell apart.
pub fn failed_subject(keys: &KeyRing, account: &str, from: Network) -> Uuid {
    let hash = keys.index("failed sign-in", &[account, &from.to_string()]);
    Uuid::from_slice(&hash).unwrap_or_default()
}
