//! The whole demonstration, read from the files shipped in `demo/`.

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde_json::Value;
use thiserror::Error;

use super::cases::Case;
use super::expand;
use super::places::{Agency, ApiClient, Marac, Meeting, People, Places, User};

const PLACES: &str = include_str!("../../demo/places.json");
const PEOPLE: &str = include_str!("../../demo/people.json");
const CASES: [(&str, &str); 3] = [
    (
        "demo/cases/westminster.json",
        include_str!("../../demo/cases/westminster.json"),
    ),
    (
        "demo/cases/kensington-and-chelsea.json",
        include_str!("../../demo/cases/kensington-and-chelsea.json"),
    ),
    (
        "demo/cases/hammersmith-and-fulham.json",
        include_str!("../../demo/cases/hammersmith-and-fulham.json"),
    ),
];

/// Why a file of the demonstration could not be read. Names the file and place, never a value.
#[derive(Debug, Error)]
pub enum CaseloadError {
    /// It is not JSON, or not of the shape.
    #[error("{file}: {source}")]
    Shape {
        /// The file.
        file: &'static str,
        /// What serde said.
        source: serde_json::Error,
    },
    /// A compact Dash string, or what belongs to it, cannot be expanded.
    #[error("{file}: case {case}: {why}")]
    Dash {
        /// The file.
        file: &'static str,
        /// The case's key.
        case: String,
        /// What is wrong.
        why: &'static str,
    },
}

/// The whole demonstration, with its dates settled.
#[derive(Debug, Clone)]
pub struct Caseload {
    /// Areas.
    pub maracs: Vec<Marac>,
    /// Agencies.
    pub agencies: Vec<Agency>,
    /// Meetings.
    pub meetings: Vec<Meeting>,
    /// Those who sign in.
    pub users: Vec<User>,
    /// Programs that sign in.
    pub api_clients: Vec<ApiClient>,
    /// Cases, area by area; a case that follows another of the same pair comes after it.
    pub cases: Vec<Case>,
}

impl Caseload {
    /// The caseload shipped with the program, as it stands when shown on `today`.
    pub fn shipped(today: NaiveDate) -> Result<Self, CaseloadError> {
        let places: Places = read("demo/places.json", PLACES, today)?;
        let people: People = read("demo/people.json", PEOPLE, today)?;
        let mut meetings = places.meetings;
        for meeting in &mut meetings {
            meeting.on = expand::working_day(meeting.on, today);
        }
        let mut cases = Vec::new();
        for (file, text) in CASES {
            cases.extend(read_cases(file, text, today)?);
        }
        Ok(Self {
            maracs: places.maracs,
            agencies: places.agencies,
            meetings,
            users: people.users,
            api_clients: people.api_clients,
            cases,
        })
    }
}

fn parse<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<T, CaseloadError> {
    serde_json::from_str(text).map_err(|source| CaseloadError::Shape { file, source })
}

fn shape<T: DeserializeOwned>(file: &'static str, value: Value) -> Result<T, CaseloadError> {
    serde_json::from_value(value).map_err(|source| CaseloadError::Shape { file, source })
}

fn read<T: DeserializeOwned>(
    file: &'static str,
    text: &str,
    today: NaiveDate,
) -> Result<T, CaseloadError> {
    shape(file, expand::relative(parse(file, text)?, today))
}

fn read_cases(
    file: &'static str,
    text: &str,
    today: NaiveDate,
) -> Result<Vec<Case>, CaseloadError> {
    let values: Vec<Value> = parse(file, text)?;
    let mut cases = Vec::with_capacity(values.len());
    for value in values {
        let mut value = expand::relative(value, today);
        expand::dash(&mut value).map_err(|why| CaseloadError::Dash {
            file,
            case: value
                .get("key")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            why,
        })?;
        cases.push(shape(file, value)?);
    }
    Ok(cases)
}
