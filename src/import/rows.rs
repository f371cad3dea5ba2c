//! The rows of the three files, read strictly.

use chrono::NaiveDate;

use super::cells::Cells;
use super::person::{self, PersonColumns};
use super::table::{Layout, Row, RowError};
use super::words;
use casework::actions::ActionStatus;
use practice::document::{
    AssessmentIn, AwarenessIn, Child, CriteriaIn, Document, Perpetrator, Survivor,
};
use practice::risk::Tool;
use practice::text::{Line, is_blank};
use practice::vocabulary::AgencyKind;

/// Who refers: an agency by name, or only its kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source {
    /// What kind of agency.
    pub kind: AgencyKind,
    /// Its name, where the register has one.
    pub name: Option<String>,
}

/// A row of `referrals.csv`.
#[derive(Debug)]
pub struct ReferralRow {
    /// The register's reference.
    pub reference: String,
    /// The area it was made in.
    pub area: String,
    /// Its day.
    pub referred_on: NaiveDate,
    /// Who made it.
    pub source: Source,
    /// Who made it with them.
    pub co_source: Option<Source>,
    /// The meeting that was to hear it.
    pub meeting_on: Option<NaiveDate>,
    /// All the rest, as referrals are sent.
    pub document: Document,
}

/// Columns of `referrals.csv`.
pub const REFERRALS: Layout = Layout {
    file: "referrals.csv",
    required: &[
        "ref",
        "area",
        "referred_on",
        "referring_source",
        "victim_family_name",
        "perpetrator_family_name",
    ],
    optional: &[
        "referring_agency",
        "co_referring_agency",
        "co_referring_source",
        "victim_given_names",
        "victim_aliases",
        "victim_dob",
        "victim_gender",
        "victim_ethnicity",
        "victim_lgbt",
        "victim_disabled",
        "victim_address",
        "victim_postcode",
        "victim_phone",
        "safe_to_call",
        "perpetrator_given_names",
        "perpetrator_aliases",
        "perpetrator_dob",
        "perpetrator_gender",
        "relationship",
        "children",
        "criteria",
        "dash_answers",
        "judgement",
        "victim_aware",
        "consent",
        "meeting_on",
    ],
};

/// Columns of `meetings.csv`.
pub const MEETINGS: Layout = Layout {
    file: "meetings.csv",
    required: &["area", "meeting_on", "cases"],
    optional: &[],
};

/// Columns of `actions.csv`.
pub const ACTIONS: Layout = Layout {
    file: "actions.csv",
    required: &["ref", "meeting_on", "owner_source", "action", "status"],
    optional: &["due_on", "reported_on"],
};

const REFERENCE: usize = 80;
const AREA: usize = 40;

const SURVIVOR: PersonColumns = PersonColumns {
    family_name: "victim_family_name",
    given_names: "victim_given_names",
    aliases: "victim_aliases",
    born: "victim_dob",
    gender: "victim_gender",
};
const PERPETRATOR: PersonColumns = PersonColumns {
    family_name: "perpetrator_family_name",
    given_names: "perpetrator_given_names",
    aliases: "perpetrator_aliases",
    born: "perpetrator_dob",
    gender: "perpetrator_gender",
};

/// Reads a row of `referrals.csv`.
pub fn referral(row: Row<'_>, tool: &Tool, today: NaiveDate) -> Result<ReferralRow, Vec<RowError>> {
    let mut cells = Cells::new(row, today);
    let reference = cells.required_line::<REFERENCE>("ref");
    let area = cells.required_line::<AREA>("area");
    let referred_on = cells.required_past_date("referred_on");
    let source = source(&mut cells, "referring_agency", "referring_source", true);
    let co_source = source_if_any(&mut cells);
    if is_blank(cells.raw("victim_family_name")) {
        cells.refuse(
            "victim_family_name",
            "required",
            "Write the family name, or `unknown`.",
        );
    }
    let survivor = Survivor {
        identity: person::identity(&mut cells, &SURVIVOR),
        characteristics: person::characteristics(&mut cells),
        addresses: person::addresses(&mut cells),
        contacts: person::contacts(&mut cells),
    };
    let perpetrator = Perpetrator {
        identity: person::identity(&mut cells, &PERPETRATOR),
        relationship: cells
            .word("relationship", words::relationship)
            .unwrap_or_else(words::no_relationship),
        living_together: Default::default(),
        addresses: Vec::new(),
    };
    let born = [
        ("victim_dob", survivor.identity.date_of_birth),
        ("perpetrator_dob", perpetrator.identity.date_of_birth),
    ];
    for (column, born) in born {
        if let (Some(born), Some(referred_on)) = (born, referred_on)
            && born.day() > referred_on
        {
            cells.refuse(
                column,
                "after_the_referral",
                "Nobody is referred before birth.",
            );
        }
    }
    let children: Vec<Child> = person::children(&mut cells);
    let document = Document {
        referred_on: referred_on.map(Into::into),
        survivor: Some(survivor),
        perpetrators: vec![perpetrator],
        children,
        no_children: cells.raw("children") == person::NO_CHILDREN,
        assessment: assessment(&mut cells, tool, referred_on),
        criteria: CriteriaIn {
            claimed: words::criteria(&mut cells),
            professional_judgement: cells.text("judgement"),
            ..CriteriaIn::default()
        },
        awareness: AwarenessIn {
            survivor_aware: cells.word("victim_aware", words::yes_no).flatten(),
            consent: cells.word("consent", words::consent),
            ..AwarenessIn::default()
        },
        ..Document::default()
    };
    let meeting_on = cells.date("meeting_on");
    let errors = cells.into_errors();
    match (referred_on, source, errors.is_empty()) {
        (Some(referred_on), Some(source), true) => Ok(ReferralRow {
            reference,
            area,
            referred_on,
            source,
            co_source,
            meeting_on,
            document,
        }),
        _ => Err(errors),
    }
}

fn source(
    cells: &mut Cells<'_>,
    name: &'static str,
    kind: &'static str,
    required: bool,
) -> Option<Source> {
    let name = cells.line::<200>(name).map(String::from);
    let kind = match required || name.is_some() {
        true => cells.required_word(kind, words::agency_kind),
        false => cells.word(kind, words::agency_kind),
    };
    kind.map(|kind| Source { kind, name })
}

fn source_if_any(cells: &mut Cells<'_>) -> Option<Source> {
    source(cells, "co_referring_agency", "co_referring_source", false)
}

/// The register has no day for the assessment: it is taken to have come with the referral, and the
/// record says that this is not known.
fn assessment(
    cells: &mut Cells<'_>,
    tool: &Tool,
    referred_on: Option<NaiveDate>,
) -> Option<AssessmentIn> {
    let answers = words::answers(cells, tool)?;
    Some(AssessmentIn {
        tool: Line::as_stored(&tool.id),
        tool_version: Some(tool.version),
        assessed_on: referred_on?.into(),
        how: None,
        answers,
        notes: None,
    })
}

/// A row of `meetings.csv`.
#[derive(Debug)]
pub struct MeetingRow {
    /// The area.
    pub area: String,
    /// The day.
    pub meeting_on: NaiveDate,
    /// How many cases it heard, as the register counts.
    pub cases: u32,
}

/// Reads a row of `meetings.csv`.
pub fn meeting(row: Row<'_>, today: NaiveDate) -> Result<MeetingRow, Vec<RowError>> {
    let mut cells = Cells::new(row, today);
    let area = cells.required_line::<AREA>("area");
    let meeting_on = cells.required_date("meeting_on");
    let cases = cells.required_count("cases");
    let errors = cells.into_errors();
    match (meeting_on, errors.is_empty()) {
        (Some(meeting_on), true) => Ok(MeetingRow {
            area,
            meeting_on,
            cases,
        }),
        _ => Err(errors),
    }
}

/// A row of `actions.csv`.
#[derive(Debug)]
pub struct ActionRow {
    /// The referral it was agreed for.
    pub reference: String,
    /// The meeting.
    pub meeting_on: NaiveDate,
    /// Who owns it: only the kind of agency is written down.
    pub owner: AgencyKind,
    /// What is to be done.
    pub text: String,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// How it stands.
    pub status: ActionStatus,
    /// Since when.
    pub reported_on: Option<NaiveDate>,
}

/// Reads a row of `actions.csv`.
pub fn action(row: Row<'_>, today: NaiveDate) -> Result<ActionRow, Vec<RowError>> {
    let mut cells = Cells::new(row, today);
    let reference = cells.required_line::<REFERENCE>("ref");
    let meeting_on = cells.required_date("meeting_on");
    let owner = cells.required_word("owner_source", words::agency_kind);
    let text = cells.required_text::<2000>("action");
    let due_on = cells.date("due_on");
    let status = cells.required_word("status", words::action_status);
    let reported_on = cells.past_date("reported_on");
    let errors = cells.into_errors();
    match (meeting_on, owner, status, errors.is_empty()) {
        (Some(meeting_on), Some(owner), Some(status), true) => Ok(ActionRow {
            reference,
            meeting_on,
            owner,
            text,
            due_on,
            status,
            reported_on,
        }),
        _ => Err(errors),
    }
}
