//! The agenda as its readers get it.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::agenda::{self, Remarks};
use super::agenda_store::{self, AgendaRow};
use super::api::MeetingOut;
use super::head_store::AgendaHead;
use super::rules;
use super::store::Meeting;
use super::{AgendaItemKind, AgendaItemStatus, AgendaSection, MeetingStatus};
use casework::actions::{self, ActionRowOut};
use directory::maracs;
use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{Tagged, etag};
use kernel::policy::lens::FieldGroup;
use kernel::policy::{Act, hidden, may_in};
use kernel::visibility::lens_of;
use practice::dates::later;
use practice::party::{Identity, PartyRole};
use practice::risk::CaseRisk;

/// Somebody of a case, as agencies search their records for them.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgendaPerson {
    /// The party of the case.
    party_id: Uuid,
    /// Names, aliases, dates of birth.
    pub(super) identity: Identity,
}

/// A case on an agenda.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgendaItemOut {
    /// Id.
    pub(super) id: Uuid,
    /// The case.
    case_id: Uuid,
    /// Its code.
    pub(super) case_code: String,
    /// Why it is on the agenda.
    pub(super) kind: AgendaItemKind,
    /// Where it stands; null for one that was withdrawn or deferred.
    pub(super) status: AgendaItemStatus,
    /// Its number on the agenda as this reader has it: without gaps.
    pub(super) number: Option<u32>,
    /// When its slot starts; null for one without a slot.
    pub(super) starts_at: Option<DateTime<Utc>>,
    /// Minutes of its slot; 0 for an alert, which is noted and not discussed.
    pub(super) minutes: i16,
    /// Part of the list: cases with children first, then adults', alerts apart (R18).
    pub(super) section: AgendaSection,
    /// Part of the meeting.
    pub(super) session: i16,
    /// Children in the household: heard first (R18).
    pub(super) has_children: bool,
    /// Put where it is by hand.
    placed_by_hand: bool,
    /// Added after circulation (R16).
    pub(super) late: bool,
    /// The MARAC it was transferred from (R17).
    pub(super) transferred_from: Option<String>,
    /// The meeting it was deferred to.
    deferred_to_id: Option<Uuid>,
    /// Deferred: the first day on which a list may take it up again (R22).
    pub(super) deferred_until: Option<NaiveDate>,
    /// Whether an IDVA referral is recorded (R9); for coordinator and chair while the list is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) idva_recorded: Option<bool>,
    /// The risk that is known, in figures.
    #[serde(flatten)]
    pub(super) risk: CaseRisk,
    /// Criteria met; a lower score takes none away (R4).
    pub(super) criteria: Vec<String>,
    /// The survivor.
    pub(super) survivor: Option<AgendaPerson>,
    /// Those causing harm.
    pub(super) perpetrators: Vec<AgendaPerson>,
    /// The children.
    pub(super) children: Vec<AgendaPerson>,
    /// The agencies it is listed to; for coordinator and chair.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) agencies: Option<Vec<Uuid>>,
    /// What was said of it; in the group `minutes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remarks: Option<Remarks>,
    /// Groups of fields this reader does not get.
    pub(super) withheld: Vec<FieldGroup>,
    /// Version, for `If-Match`.
    pub(super) etag: String,
}

/// Something to look at before the meeting. It blocks nothing.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgendaWarning {
    /// `over_capacity`: more cases or minutes than the meeting can hear. `idva_not_recorded`: of these
    /// cases nobody recorded the IDVA referral (R9). `quorum_kind_missing`: no agency of this kind is
    /// expected or, once the meeting has begun, there. `quorum_count_short`: too few agencies are.
    pub(super) code: &'static str,
    /// The kind of agency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) agency_kind: Option<String>,
    /// How many agencies are lacking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lacking: Option<usize>,
    /// The agenda items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) items: Option<Vec<Uuid>>,
}

impl AgendaWarning {
    const fn named(code: &'static str) -> Self {
        Self {
            code,
            agency_kind: None,
            lacking: None,
            items: None,
        }
    }
}

/// A part of the meeting.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AgendaSessionOut {
    /// Its number.
    pub(super) number: i16,
    /// Its heading.
    pub(super) heading: Option<String>,
    /// When it starts; what lies before it is a break.
    pub(super) starts_at: DateTime<Utc>,
    /// When its last slot ends.
    pub(super) ends_at: DateTime<Utc>,
}

/// A case whose twelve months end before the next meeting (R14).
#[derive(Debug, Serialize, ToSchema)]
pub struct LapsingOut {
    /// The case.
    case_id: Uuid,
    /// Its code.
    pub(super) case_code: String,
    /// The last day of its twelve months.
    pub(super) lapses_on: NaiveDate,
}

/// A meeting and its cases in order.
#[derive(Serialize, ToSchema)]
pub struct AgendaOut {
    /// The meeting; its `etag` covers the order too.
    pub(super) meeting: MeetingOut,
    /// Before the cases (R21): reports of not done and not possible that wait for the chair, then what
    /// is outstanding and due by the day of the meeting. The fifty most overdue of each that this
    /// reader may see; `GET /actions` has all. Empty once the meeting is over.
    pub(super) actions: Vec<ActionRowOut>,
    /// The parts of the meeting that these cases are heard in; none if it is not split.
    pub(super) sessions: Vec<AgendaSessionOut>,
    /// The cases this reader may see, in order.
    pub(super) items: Vec<AgendaItemOut>,
    /// Cases in this reader's sight whose twelve months end before the next meeting (R14), at most a
    /// hundred. Empty once the meeting is over.
    pub(super) lapsing: Vec<LapsingOut>,
    /// For coordinator and chair.
    pub(super) warnings: Vec<AgendaWarning>,
}

/// Actions of either kind that an agenda lists.
const ACTIONS: i64 = 50;

/// Opens an item as far as the caller's lens goes.
fn open(
    tx: &Tx<'_>,
    meeting: &Meeting,
    number: Option<u32>,
    row: AgendaRow,
) -> Result<AgendaItemOut> {
    let lens = lens_of(tx, meeting.marac_id, &row.bases, &row.full_at);
    let key = match &row.wrapped {
        Some(wrapped) => Some(
            tx.keys
                .unwrap(row.case_id, &row.master_key_id, Some(wrapped))?,
        ),
        None => None,
    };
    let mut people: Vec<(PartyRole, AgendaPerson)> = Vec::new();
    if let Some(key) = key.as_ref().filter(|_| lens.shows(FieldGroup::Identity)) {
        let parties = row
            .party_ids
            .iter()
            .zip(&row.party_roles)
            .zip(&row.identities);
        for ((party_id, role), sealed) in parties {
            let identity =
                key.open_json(SealPlace::new("parties", "identity", *party_id), sealed)?;
            let person = AgendaPerson {
                party_id: *party_id,
                identity,
            };
            people.push((*role, person));
        }
    }
    let mut of = |wanted: PartyRole| -> Vec<AgendaPerson> {
        let matching = people.extract_if(.., |(role, _)| *role == wanted);
        matching.map(|(_, person)| person).collect()
    };
    let remarks = match (&key, &row.outcome) {
        (Some(key), Some(sealed)) if lens.shows(FieldGroup::Minutes) => {
            Some(key.open_json(agenda::remarks_of(row.id), sealed)?)
        }
        _ => None,
    };
    let begins = row.session_starts_at.unwrap_or(meeting.starts_at);
    let starts_at = number.map(|_| later(begins, TimeDelta::minutes(row.minutes_before)));
    let staff = tx.actor.is_staff(meeting.marac_id);
    Ok(AgendaItemOut {
        survivor: of(PartyRole::Survivor).into_iter().next(),
        perpetrators: of(PartyRole::Perpetrator),
        children: of(PartyRole::Child),
        agencies: staff.then_some(row.agency_ids),
        section: rules::section(row.kind, row.has_children),
        session: row.session,
        deferred_until: row.deferred_until,
        idva_recorded: (staff && list_is_open(meeting)).then_some(row.idva_recorded),
        id: row.id,
        case_id: row.case_id,
        case_code: row.code,
        kind: row.kind,
        status: row.status,
        number,
        starts_at,
        minutes: row.slot_minutes,
        has_children: row.has_children,
        placed_by_hand: row.placed_by_hand,
        late: row.late,
        transferred_from: None,
        deferred_to_id: row.deferred_to_id,
        risk: row.risk,
        criteria: row.criteria,
        remarks,
        withheld: lens.withheld(),
        etag: etag(row.version),
    })
}

fn list_is_open(meeting: &Meeting) -> bool {
    meeting.status == MeetingStatus::Planned
}

/// Whether the list of a meeting is the caller's to see: before circulation it is the coordinator's and
/// the chair's alone.
fn is_shown(tx: &Tx<'_>, meeting: &Meeting) -> bool {
    meeting.circulated_at.is_some() || tx.actor.is_staff(meeting.marac_id)
}

/// The caller's rows of an agenda, each with its number.
fn numbered(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<Vec<(Option<u32>, AgendaRow)>> {
    let mut rows = agenda_store::items(tx, meeting.id, list_is_open(meeting))?;
    if !is_shown(tx, meeting) {
        rows.clear();
    }
    let mut last = 0;
    let number = |row: AgendaRow| {
        let takes_slot = rules::takes_slot(row.status);
        last += u32::from(takes_slot);
        (takes_slot.then_some(last), row)
    };
    Ok(rows.into_iter().map(number).collect())
}

/// One item as the caller has it on the agenda.
impl AgendaItemOut {
    /// The answer of what changed it.
    pub(super) fn tagged(self) -> Tagged<Self> {
        Tagged::with(self.etag.clone(), self)
    }
}

pub(super) fn item(tx: &mut Tx<'_>, meeting: &Meeting, id: Uuid) -> Result<AgendaItemOut> {
    let (number, row) = numbered(tx, meeting)?
        .into_iter()
        .find(|(_, row)| row.id == id)
        .ok_or_else(hidden)?;
    open(tx, meeting, number, row)
}

/// The agenda as the caller has it: of a meeting in sight.
pub(super) fn agenda(tx: &mut Tx<'_>, head: AgendaHead) -> Result<AgendaOut> {
    let rows = numbered(tx, &head.meeting)?;
    let shown = is_shown(tx, &head.meeting) && rules::reorder(head.meeting.status).is_ok();
    let mut actions = Vec::new();
    if shown && may_in(&tx.actor, Act::ListActions, head.meeting.marac_id).is_ok() {
        let day = head.meeting.day();
        actions = actions::for_agenda(tx, head.meeting.marac_id, day, ACTIONS)?;
    }
    let mut warnings = Vec::new();
    if tx.actor.is_staff(head.meeting.marac_id) {
        warnings = of_list(&head.meeting, &rows);
        warnings.extend(quorum(&head)?);
    }
    let mut sessions: Vec<_> = rows.iter().filter_map(|(_, row)| session(row)).collect();
    sessions.dedup();
    let AgendaHead {
        meeting,
        lapsing_ids,
        lapsing_codes,
        lapsing_on,
        ..
    } = head;
    let lapsing = lapsing_ids.into_iter().zip(lapsing_codes).zip(lapsing_on);
    let lapsing = lapsing
        .filter(|_| shown)
        .map(|((case_id, case_code), lapses_on)| LapsingOut {
            case_id,
            case_code,
            lapses_on,
        });
    Ok(AgendaOut {
        lapsing: lapsing.collect(),
        items: rows
            .into_iter()
            .map(|(number, row)| open(tx, &meeting, number, row))
            .collect::<Result<Vec<_>>>()?,
        meeting: meeting.into(),
        actions,
        sessions,
        warnings,
    })
}

fn session(row: &AgendaRow) -> Option<AgendaSessionOut> {
    let starts_at = row.session_starts_at?;
    Some(AgendaSessionOut {
        number: row.session,
        heading: row.session_heading.clone(),
        starts_at,
        ends_at: later(starts_at, TimeDelta::minutes(row.session_minutes)),
    })
}

/// What to look at in a list.
fn of_list(meeting: &Meeting, rows: &[(Option<u32>, AgendaRow)]) -> Vec<AgendaWarning> {
    let live = || rows.iter().filter(|(number, _)| number.is_some());
    let slots: Vec<i16> = live().map(|(_, row)| row.slot_minutes).collect();
    let mut warnings = Vec::new();
    if rules::over_capacity(meeting.capacity, meeting.minutes_per_case, &slots) {
        warnings.push(AgendaWarning::named("over_capacity"));
    }
    let unrecorded = live().filter(|(_, row)| !row.idva_recorded);
    let unrecorded: Vec<_> = unrecorded.map(|(_, row)| row.id).collect();
    if !unrecorded.is_empty() {
        warnings.push(AgendaWarning {
            items: Some(unrecorded),
            ..AgendaWarning::named("idva_not_recorded")
        });
    }
    warnings
}

/// Who is lacking at a meeting that is not over: those expected before it, those there once it began.
pub(super) fn quorum(head: &AgendaHead) -> Result<Vec<AgendaWarning>> {
    if rules::reorder(head.meeting.status).is_err() {
        return Ok(Vec::new());
    }
    let settings = maracs::stored_settings(head.marac_settings.clone())?;
    let lacking = rules::quorum(&settings.quorum, &head.kinds);
    let kinds = lacking.kinds.into_iter().map(|kind| AgendaWarning {
        agency_kind: Some(kind),
        ..AgendaWarning::named("quorum_kind_missing")
    });
    let count = lacking.count.map(|lacking| AgendaWarning {
        lacking: Some(lacking),
        ..AgendaWarning::named("quorum_count_short")
    });
    Ok(kinds.chain(count).collect())
}
