//! Standard actions: what an area agrees in every case of a kind, as data with versions.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::model::{ActionCategory, ActionPriority, ActionTarget, Need};
use kernel::error::{Error, FieldError, Result};
use practice::text::{Line, Text};
use practice::vocabulary::AgencyKind;

/// The catalogue that areas have which keep none of their own.
const SHIPPED: &str = include_str!("../../../../standard_actions/default.json");

/// An entry of the catalogue. It names agencies by what they are, and no person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StandardAction {
    /// Its name in requests: lower-case letters, digits and underscores.
    #[validate(custom(function = "is_name"))]
    pub code: Line<40>,
    /// What is to be done.
    pub text: Text<2000>,
    /// What kind it is.
    pub category: ActionCategory,
    /// Whom it is about.
    pub target: ActionTarget,
    /// How soon it matters; `normal` unless said.
    #[serde(default)]
    pub priority: ActionPriority,
    /// Days after the meeting, or after today if that is later, by which it is due.
    #[validate(range(max = 365))]
    pub due_days: u16,
    /// For every agency that the case is listed to.
    #[serde(default)]
    pub every_listed_agency: bool,
    /// For those of these kinds.
    #[serde(default)]
    #[validate(length(max = 15))]
    #[schema(max_items = 15)]
    pub agency_kinds: Vec<AgencyKind>,
    /// What its owner cannot do it without.
    #[serde(default)]
    #[validate(length(max = 2))]
    #[schema(max_items = 2)]
    pub needs: Vec<Need>,
}

impl StandardAction {
    /// Whether it is meant for an agency of this kind.
    pub fn is_for(&self, kind: AgencyKind) -> bool {
        self.every_listed_agency || self.agency_kinds.contains(&kind)
    }
}

fn is_name(code: &str) -> std::result::Result<(), ValidationError> {
    let fits = code.len() >= 2
        && code
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    fits.then_some(()).ok_or(ValidationError::new("format"))
}

/// The shipped catalogue.
pub fn shipped() -> Result<Vec<StandardAction>> {
    serde_json::from_str(SHIPPED).map_err(|_| Error::Internal("the shipped standard actions"))
}

/// Every entry has a code of its own and is meant for somebody.
pub fn check(actions: &[StandardAction]) -> Result<()> {
    let mut codes = BTreeSet::new();
    let mut errors = Vec::new();
    for (at, action) in actions.iter().enumerate() {
        if !codes.insert(action.code.as_str()) {
            errors.push(FieldError::new(
                format!("/actions/{at}/code"),
                "twice",
                "Each code stands once.",
            ));
        }
        if !action.every_listed_agency && action.agency_kinds.is_empty() {
            errors.push(FieldError::new(
                format!("/actions/{at}/agency_kinds"),
                "for_nobody",
                "Name kinds of agency, or every listed one.",
            ));
        }
    }
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid(errors)),
    }
}

/// The entries of these codes.
pub fn chosen<'c>(
    catalogue: &'c [StandardAction],
    codes: &[Line<40>],
) -> Result<Vec<&'c StandardAction>> {
    let mut found: Vec<&StandardAction> = Vec::new();
    for (at, code) in codes.iter().enumerate() {
        match catalogue.iter().find(|action| action.code == *code) {
            Some(action) if found.iter().all(|other| other.code != *code) => found.push(action),
            Some(_) => {}
            None => {
                let pointer = format!("/codes/{at}");
                let message = "There is no standard action of this code.";
                return Err(Error::field(&pointer, "unknown", message));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(result: Result<()>) -> Vec<String> {
        match result {
            Ok(()) => Vec::new(),
            Err(Error::Problem(problem)) => problem
                .errors
                .iter()
                .map(|error| format!("{} {}", error.pointer, error.code))
                .collect(),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn the_shipped_catalogue_is_one_that_could_be_sent() {
        let shipped = shipped().unwrap();
        assert!(shipped.len() >= 10);
        check(&shipped).unwrap();
        for action in &shipped {
            action.validate().unwrap();
        }
        let flag = &shipped[0];
        assert_eq!(
            (flag.code.as_str(), flag.every_listed_agency),
            ("flag_and_tag", true)
        );
    }

    #[test]
    fn codes_are_unique_and_every_entry_is_for_somebody() {
        let mut actions = shipped().unwrap();
        actions[1].code = actions[0].code.clone();
        actions[2].agency_kinds.clear();
        let expected = [
            "/actions/1/code twice",
            "/actions/2/agency_kinds for_nobody",
        ];
        assert_eq!(refused(check(&actions)), expected);
        actions[2].code = "Sanctuary".parse().unwrap();
        assert!(actions[2].validate().is_err());
    }

    #[test]
    fn entries_are_chosen_by_code_each_once() {
        let shipped = shipped().unwrap();
        let codes = |codes: &[&str]| {
            codes
                .iter()
                .map(|code| Line::as_stored(*code))
                .collect::<Vec<_>>()
        };
        let found = chosen(
            &shipped,
            &codes(&["sanctuary", "flag_and_tag", "sanctuary"]),
        )
        .unwrap();
        let found: Vec<_> = found.iter().map(|action| action.code.as_str()).collect();
        assert_eq!(found, ["sanctuary", "flag_and_tag"]);
        let unknown = chosen(&shipped, &codes(&["sanctuary", "nothing"])).map(|_| ());
        assert_eq!(refused(unknown), ["/codes/1 unknown"]);
    }

    #[test]
    fn an_entry_is_for_the_agencies_it_names_by_kind() {
        let shipped = shipped().unwrap();
        let of = |code: &str| shipped.iter().find(|action| action.code == code).unwrap();
        for kind in AgencyKind::ALL {
            assert!(of("flag_and_tag").is_for(*kind));
            assert_eq!(of("sanctuary").is_for(*kind), *kind == AgencyKind::Housing);
        }
    }
}
