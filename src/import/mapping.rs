//! Which MARAC an area of the register is.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::ImportError;
use practice::text::Line;

/// Areas and their MARACs. An area that is not in it is the MARAC of the same code.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    #[serde(default)]
    areas: BTreeMap<String, Target>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Target {
    Code(String),
    Named(Named),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    marac: String,
    name: String,
}

/// The MARAC of an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaracName {
    /// Its code.
    pub code: String,
    /// Its name, if it is to be made.
    pub name: String,
}

impl Mapping {
    /// Reads a TOML file with a table `[areas]`: `WCC = "WEST"`, or
    /// `WCC = { marac = "WEST", name = "Westminster" }`.
    pub fn read(path: &Path) -> Result<Self, ImportError> {
        let text = std::fs::read_to_string(path).map_err(|error| ImportError::Reading {
            file: path.display().to_string(),
            kind: error.kind(),
        })?;
        // The parser's own message quotes the file.
        let mapping: Self = toml::from_str(&text).map_err(|_| ImportError::Mapping)?;
        let fits = mapping.areas.values().all(|target| match target {
            Target::Code(code) => is_code(code),
            Target::Named(named) => {
                is_code(&named.marac) && Line::<200>::parse(&named.name).is_ok()
            }
        });
        if fits {
            Ok(mapping)
        } else {
            Err(ImportError::Mapping)
        }
    }

    /// The MARAC of an area; `None` if the area is no code and stands in no mapping.
    pub fn of(&self, area: &str) -> Option<MaracName> {
        let (code, name) = match self.areas.get(area) {
            Some(Target::Code(code)) => (code.as_str(), area),
            Some(Target::Named(named)) => (named.marac.as_str(), named.name.as_str()),
            None if is_code(area) => (area, area),
            None => return None,
        };
        Some(MaracName {
            code: code.to_owned(),
            name: Line::<200>::parse(name).map_or_else(|_| name.to_owned(), String::from),
        })
    }
}

fn is_code(code: &str) -> bool {
    (2..=6).contains(&code.len())
        && code.starts_with(|first: char| first.is_ascii_uppercase())
        && code
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
