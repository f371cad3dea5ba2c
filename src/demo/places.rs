//! The areas, agencies, meetings, people and programs of the demonstration.

use chrono::{NaiveDate, NaiveTime};
use serde::Deserialize;

use super::words::{
    AttendanceRole, MeetingKind, MeetingMode, MeetingStatus, Presence, RegisteredKind,
};
use kernel::policy::{Right, Role};
use practice::vocabulary::AgencyKind;

/// `demo/places.json`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Places {
    /// Areas.
    pub maracs: Vec<Marac>,
    /// Agencies.
    pub agencies: Vec<Agency>,
    /// Meetings, oldest first within an area.
    pub meetings: Vec<Meeting>,
}

/// `demo/people.json`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    /// Those who sign in.
    pub users: Vec<User>,
    /// Programs that sign in for an agency.
    pub api_clients: Vec<ApiClient>,
}

/// An area conference.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marac {
    /// Its code, which is its key here.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Codes of its local authorities.
    pub local_authority_codes: Vec<String>,
    /// Police force area, as the return names it.
    pub police_force_area: String,
    /// A round, invented figure, so that rates per 10,000 can be shown.
    pub adult_female_population: i32,
    /// The year that figure is given for.
    pub adult_female_population_year: i32,
}

/// An agency and the areas it sits in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    /// Key within the demonstration.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: AgencyKind,
    /// Where it sits, and under what agreement.
    pub maracs: Vec<Membership>,
}

/// An agency's seat in one area.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// Code of the area.
    pub marac: String,
    /// One of the core agencies there.
    pub core: bool,
    /// When the information-sharing agreement was signed.
    pub agreement_signed_on: NaiveDate,
    /// By whom.
    pub agreement_signatory: String,
    /// When it must be reviewed; one of them is past.
    pub agreement_review_on: NaiveDate,
}

/// Somebody who signs in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Key within the demonstration.
    pub key: String,
    /// Key of the agency.
    pub agency: String,
    /// Name.
    pub name: String,
    /// E-mail address, in lower case.
    pub email: String,
    /// What they do, for the page that offers the demonstration's accounts.
    pub job: String,
    /// Manages accounts, sees no case.
    #[serde(default)]
    pub administrator: bool,
    /// Roles and where they are held.
    #[serde(default)]
    pub roles: Vec<Grant>,
}

/// A role and the areas it is held in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// Codes of the areas.
    pub maracs: Vec<String>,
}

/// A program that acts for an agency's people.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiClient {
    /// Key within the demonstration.
    pub key: String,
    /// Key of the agency.
    pub agency: String,
    /// Name.
    pub name: String,
    /// What it may do.
    pub rights: Vec<Right>,
    /// Key of the user who registered it.
    pub created_by: String,
    /// Roles and where they are held.
    pub roles: Vec<Grant>,
    /// Those it may act for.
    pub actors: Vec<Actor>,
}

/// Somebody, or the service itself, for whom a client calls.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// The partner's own id.
    pub partner_ref: String,
    /// Name.
    pub name: String,
    /// Somebody, or the service.
    pub kind: RegisteredKind,
    /// Key of the user this is, if they sign in as well.
    #[serde(default)]
    pub user: Option<String>,
}

/// A meeting.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meeting {
    /// Key within the demonstration.
    pub key: String,
    /// Code of the area.
    pub marac: String,
    /// Scheduled or emergency.
    pub kind: MeetingKind,
    /// Its day, moved off a weekend by [`super::expand::working_day`].
    pub on: NaiveDate,
    /// When it starts, in London.
    pub at: NaiveTime,
    /// How it is held.
    pub mode: MeetingMode,
    /// Where.
    #[serde(default)]
    pub place: Option<String>,
    /// Where it has got to.
    pub status: MeetingStatus,
    /// Slot for each case.
    pub minutes_per_case: i16,
    /// Most cases.
    pub capacity: i16,
    /// When the list went out.
    #[serde(default)]
    pub circulated_on: Option<NaiveDate>,
    /// Key of the user in the chair.
    pub chair: String,
    /// Who came, or is expected.
    #[serde(default)]
    pub attendance: Vec<Attendance>,
    /// Its parts, if it was split.
    #[serde(default)]
    pub sessions: Vec<Session>,
    /// What stands under any other business in its minutes.
    #[serde(default)]
    pub any_other_business: Option<String>,
}

/// A part of a meeting.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Its heading.
    pub heading: String,
    /// When it starts, in London.
    pub at: NaiveTime,
    /// The cases with children are heard in it; else the others.
    #[serde(default)]
    pub children: bool,
}

/// A place at a meeting.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attendance {
    /// Key of the agency.
    pub agency: String,
    /// Key of the user.
    #[serde(default)]
    pub user: Option<String>,
    /// As what.
    pub role: AttendanceRole,
    /// Whether.
    pub presence: Presence,
    /// Sent information although not there.
    #[serde(default)]
    pub information_sent: bool,
    /// Accepted the confidentiality statement.
    #[serde(default)]
    pub confidentiality_accepted: bool,
}
