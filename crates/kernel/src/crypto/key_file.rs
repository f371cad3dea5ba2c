//! The key file, as it is read and written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::CryptoError;
use super::token_keys::LaterKey;

/// The key file: TOML, readable by the service's user alone.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyFile {
    /// Made by the demonstration: `serve` refuses it.
    #[serde(default)]
    pub(super) demonstration: bool,
    /// Id of the master key that wraps new data keys.
    pub(super) current: String,
    /// Master keys by id, base64 of 32 bytes.
    pub(super) masters: BTreeMap<String, String>,
    /// Key of the matching hashes, base64 of 32 bytes.
    pub(super) index: String,
    /// Ed25519 key that signs access tokens, base64 of PKCS#8.
    pub(super) token: String,
    /// Keys that sign after it, each from a moment on.
    #[serde(default)]
    pub(super) token_keys: Vec<LaterKey>,
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        self.masters.values_mut().for_each(Zeroize::zeroize);
        self.index.zeroize();
        self.token.zeroize();
    }
}

pub(super) fn read(text: &str) -> Result<KeyFile, CryptoError> {
    // The parser's own message quotes the line, and the line may be a key.
    toml::from_str(text)
        .map_err(|_| CryptoError::KeyFile("is not a key file made by `toldonce keys new`".into()))
}

pub(super) fn write(file: &KeyFile) -> Result<Zeroizing<String>, CryptoError> {
    let mut text = String::new();
    text.push_str("# Told Once keys. Whoever has this file can read everything. Keep it apart from the database.\n");
    if file.demonstration {
        text.push_str("demonstration = true\n");
    }
    text.push_str(&format!(
        "current = \"{}\"\nindex = \"{}\"\ntoken = \"{}\"\n\n[masters]\n",
        file.current, file.index, file.token
    ));
    for (id, key) in &file.masters {
        text.push_str(&format!("{id:?} = \"{key}\"\n"));
    }
    for later in &file.token_keys {
        let from = later.from.to_rfc3339();
        text.push_str(&format!(
            "\n[[token_keys]]\nfrom = \"{from}\"\nkey = \"{}\"\n",
            later.key
        ));
    }
    Ok(Zeroizing::new(text))
}
