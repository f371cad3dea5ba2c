//! Correcting minutes: words are replaced where a pointer says, and notes are added.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use validator::Validate;

use kernel::error::{Error, FieldError, Result};
use practice::text::{Line, Text};

/// Words to replace in a frame or a part, or to add as a note.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MinutesEdit {
    /// Where: a JSON pointer to words of the frame or of the part as it was read, such as
    /// `/heard/views/0/text`; or `/notes/-` for a note of its own.
    #[schema(example = "/heard/outcome")]
    pub at: Line<200>,
    /// The words that belong there.
    pub text: Text<8000>,
}

/// What may be corrected: words that people wrote. Dates, owners and statuses of actions have their own
/// record; what is shown on whose behalf stays.
const WORDS: &[&str] = &[
    "text",
    "reason",
    "outcome",
    "survivor",
    "perpetrators",
    "children",
    "name",
    "agency",
    "owner",
    "place",
    "any_other_business",
    "notes",
];

/// The content with the words replaced. `under` is the pointer of the edits in the request.
pub fn apply<T: Serialize + DeserializeOwned>(
    content: &T,
    edits: &[MinutesEdit],
    under: &str,
) -> Result<T> {
    let fault = |_| Error::Internal("minutes have another shape");
    let mut value = serde_json::to_value(content).map_err(fault)?;
    let mut refused = Vec::new();
    for (index, edit) in edits.iter().enumerate() {
        if replace(&mut value, edit).is_none() {
            refused.push(FieldError::new(
                format!("{under}/{index}/at"),
                "no_such_words",
                "There are no words here that a correction can replace.",
            ));
        }
    }
    if refused.is_empty() {
        serde_json::from_value(value).map_err(fault)
    } else {
        Err(Error::invalid(refused))
    }
}

fn replace(value: &mut Value, edit: &MinutesEdit) -> Option<()> {
    if edit.at == "/notes/-" {
        value
            .get_mut("notes")?
            .as_array_mut()?
            .push(edit.text.clone().into());
        return Some(());
    }
    let named = edit
        .at
        .rsplit('/')
        .find(|step| step.parse::<usize>().is_err())?;
    let words = value.pointer_mut(&edit.at)?;
    if !WORDS.contains(&named) || !(words.is_string() || words.is_null()) {
        return None;
    }
    *words = edit.text.clone().into();
    Some(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn edit(at: &str) -> MinutesEdit {
        MinutesEdit {
            at: at.parse().unwrap(),
            text: "new".parse().unwrap(),
        }
    }

    #[test]
    fn words_can_be_replaced_and_nothing_else() {
        let before = json!({
            "heard": { "outcome": null, "kind": "new", "late": false, "perpetrators": ["A", "B"],
                "actions": [{ "id": "x", "text": "old", "due_on": "2026-01-02", "status": "open" }] },
            "notes": ["first"],
        });
        let table = [
            ("/heard/outcome", "/heard/outcome", true),
            ("/heard/perpetrators/1", "/heard/perpetrators/1", true),
            ("/heard/actions/0/text", "/heard/actions/0/text", true),
            ("/notes/0", "/notes/0", true),
            ("/notes/-", "/notes/1", true),
            ("/notes/7", "", false),
            ("/notes", "", false),
            ("/heard", "", false),
            ("/heard/kind", "", false),
            ("/heard/late", "", false),
            ("/heard/actions/0/due_on", "", false),
            ("/heard/actions/0/status", "", false),
            ("/heard/actions/0/id", "", false),
            ("/heard/actions/-/text", "", false),
            ("/nothing", "", false),
            ("notes/0", "", false),
            ("//", "", false),
        ];
        for (at, changed, allowed) in table {
            let found = apply(&before, &[edit(at)], "/changes/0/edits");
            match found {
                Ok(after) => {
                    assert!(allowed, "{at}");
                    assert_eq!(after.pointer(changed), Some(&json!("new")), "{at}");
                }
                Err(error) => {
                    assert!(!allowed, "{at}");
                    let said = format!("{error:?}");
                    assert!(said.contains("/changes/0/edits/0/at"), "{said}");
                    assert!(!said.contains("\"new\""), "{said}");
                }
            }
        }
    }
}
