//! The case file in one read, through the reader's lens.

use actix_web::web::Data;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::head_api::{CaseHeadOut, Closed};
use super::{CloseReason, file_store as store};
use crate::account::{AccountReader, EntryOut};
use crate::parties::shape::{PartyOut, People, RelationshipOut};
use crate::questions::AccountUse;
use crate::risk::AssessmentOut;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::{Part, of_kind, opened};
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{Path, Tagged, etag, operation};
use kernel::policy::lens::{Basis, FieldGroup};
use kernel::visibility::VisibleCase;
use practice::risk::CaseRisk;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(read_case_route);
}

/// An action on the file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FileActionOut {
    /// Id.
    id: Uuid,
    /// Version.
    etag: String,
    /// The agency that does it.
    owner_agency_id: Uuid,
    /// The person who does it, if one is named.
    owner_user_id: Option<Uuid>,
    /// Whom it is aimed at.
    target: String,
    /// What kind of action.
    category: String,
    /// How pressing.
    priority: String,
    /// When it is due.
    due_on: NaiveDate,
    /// When it was agreed.
    agreed_on: NaiveDate,
    /// Where it stands.
    status: String,
    /// The chair has dealt with a report that it was not done.
    resolved: bool,
    /// The meeting that agreed it.
    meeting_id: Option<Uuid>,
    /// What is to be done.
    text: String,
}

#[derive(Deserialize)]
struct ActionColumns {
    owner_agency_id: Uuid,
    owner_user_id: Option<Uuid>,
    target: String,
    category: String,
    priority: String,
    due_on: NaiveDate,
    agreed_on: NaiveDate,
    status: String,
    resolved: bool,
    meeting_id: Option<Uuid>,
}

#[derive(Deserialize)]
struct ActionSeal {
    text: String,
}

/// A meeting at which the case was, or will be, on the agenda.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HearingOut {
    /// The agenda item.
    id: Uuid,
    /// Version.
    etag: String,
    /// The meeting.
    meeting_id: Uuid,
    /// When it starts or started.
    starts_at: DateTime<Utc>,
    /// Why the case is on it.
    kind: String,
    /// What came of it.
    status: String,
    /// The meeting it was put off to.
    deferred_to_id: Option<Uuid>,
}

#[derive(Deserialize)]
struct AgendaColumns {
    meeting_id: Uuid,
    starts_at: DateTime<Utc>,
    kind: String,
    status: String,
    deferred_to_id: Option<Uuid>,
}

/// An accepted referral of the case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FileReferralOut {
    /// Id.
    id: Uuid,
    /// Version.
    etag: String,
    /// Day of the referral.
    referred_on: Option<NaiveDate>,
    /// Who referred.
    agency_id: Uuid,
    /// Who referred with them.
    co_agency_id: Option<Uuid>,
    /// It was a repeat (R13).
    is_repeat: Option<bool>,
    /// It was urgent.
    urgent: bool,
}

#[derive(Deserialize)]
struct ReferralColumns {
    referred_on: Option<NaiveDate>,
    agency_id: Uuid,
    co_agency_id: Option<Uuid>,
    is_repeat: Option<bool>,
    urgent: bool,
    gaps: Vec<String>,
}

/// Whom the case is open to now, beside coordinator and chair.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CircleOut {
    /// Id.
    id: Uuid,
    /// Version.
    etag: String,
    /// Why.
    basis: Basis,
    /// A person.
    user_id: Option<Uuid>,
    /// A registered person of a partner's program.
    actor_id: Option<Uuid>,
    /// An agency.
    agency_id: Option<Uuid>,
    /// Since when.
    opens_at: DateTime<Utc>,
    /// Until when; null: no end is set.
    ends_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct CircleColumns {
    basis: Basis,
    user_id: Option<Uuid>,
    actor_id: Option<Uuid>,
    agency_id: Option<Uuid>,
    opens_at: DateTime<Utc>,
    ends_at: Option<DateTime<Utc>>,
}

/// How a case was closed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClosingOut {
    /// When.
    closed_at: DateTime<Utc>,
    /// The reason that is counted.
    reason: CloseReason,
    /// More, in words.
    notes: Option<String>,
    /// Why it was closed though actions were not done: the chair's word (R30).
    open_actions_reason: Option<String>,
}

#[derive(Deserialize)]
struct ClosingColumns {
    closed_at: DateTime<Utc>,
    reason: CloseReason,
}

/// A case file. Nothing is written to it: each part has its own `etag` and its own resource.
#[derive(Serialize, ToSchema)]
pub struct CaseFileOut {
    /// The head.
    #[serde(flatten)]
    head: CaseHeadOut,
    /// Open to named people only.
    restricted: bool,
    /// Survivor, perpetrators, children, others.
    parties: Vec<PartyOut>,
    /// How they stand to one another.
    relationships: Vec<RelationshipOut>,
    /// Assessments whose place no later complete one of the same tool has taken, newest first.
    risk_assessments: Vec<AssessmentOut>,
    /// The account as it stands, by heading.
    account: Vec<EntryOut>,
    /// How often the survivor was asked, and how often the account was read instead.
    account_use: AccountUse,
    /// Actions, the outstanding ones first.
    actions: Vec<FileActionOut>,
    /// Meetings, newest first.
    agenda: Vec<HearingOut>,
    /// Accepted referrals, newest first.
    referrals: Vec<FileReferralOut>,
    /// Whom it is open to; people by name for coordinator and chair alone.
    circle: Vec<CircleOut>,
    /// What the latest referral left unsaid.
    gaps: Vec<String>,
    /// How it was closed, for coordinator and chair of a closed case.
    #[serde(skip_serializing_if = "Option::is_none")]
    closing: Option<ClosingOut>,
    /// Groups of fields this reader does not get: by role and stage alone.
    withheld: Vec<FieldGroup>,
}

/// The case file in one read.
///
/// Everything the reader may see of the case now, and the groups of fields withheld.
#[operation(get, "/cases/{id}", tag = "cases", act = ReadCase, says = "The file.")]
pub async fn read_case(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Tagged<CaseFileOut>> {
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = opened(tx, ACT, id)?;
        let reader = AccountReader::of(tx, &case);
        let parts = store::parts(tx, &case, reader)?;
        let file = file(&case, &parts)?;
        let shown = FieldGroup::ALL
            .iter()
            .filter(|group| case.lens.shows(**group))
            .map(|group| group.as_str());
        let event = Event::of_case(&case)
            .on("case", id)
            .fields(shown)
            .rows(parts.len());
        Ok(Audited::new(Tagged::new(case.row.version, file), event))
    })
    .await
}

fn file(case: &VisibleCase, parts: &[Part]) -> Result<CaseFileOut> {
    let people = People::of(case, parts)?;
    let (referrals, gaps) = referrals(case, parts)?;
    let risk = of_kind(parts, "risk")
        .next()
        .map(|part| part.plain().map(CaseRisk::of));
    let risk = risk.transpose()?.unwrap_or_default();
    Ok(CaseFileOut {
        head: CaseHeadOut::of(case, risk),
        restricted: of_kind(parts, "restriction").next().is_some(),
        parties: people.parties,
        relationships: people.relationships,
        risk_assessments: AssessmentOut::sorted(case, of_kind(parts, "assessment"))?,
        account: EntryOut::sorted(case, of_kind(parts, "entry"))?,
        account_use: of_kind(parts, "account_use")
            .next()
            .map(Part::plain)
            .transpose()?
            .unwrap_or_default(),
        actions: actions(case, parts)?,
        agenda: agenda(parts)?,
        referrals,
        circle: circle(parts)?,
        gaps,
        closing: closing(case, parts)?,
        withheld: case.lens.withheld(),
    })
}

fn actions(case: &VisibleCase, parts: &[Part]) -> Result<Vec<FileActionOut>> {
    let mut actions = Vec::new();
    for part in of_kind(parts, "action") {
        let columns: ActionColumns = part.plain()?;
        let seal: ActionSeal = part.open(case, "actions", "sealed")?;
        actions.push(FileActionOut {
            id: part.id,
            etag: etag(part.version),
            owner_agency_id: columns.owner_agency_id,
            owner_user_id: columns.owner_user_id,
            target: columns.target,
            category: columns.category,
            priority: columns.priority,
            due_on: columns.due_on,
            agreed_on: columns.agreed_on,
            status: columns.status,
            resolved: columns.resolved,
            meeting_id: columns.meeting_id,
            text: seal.text,
        });
    }
    let done = |action: &FileActionOut| !matches!(action.status.as_str(), "open" | "in_progress");
    actions.sort_by_key(|action| (done(action), action.due_on, action.id));
    Ok(actions)
}

fn agenda(parts: &[Part]) -> Result<Vec<HearingOut>> {
    let mut agenda = Vec::new();
    for part in of_kind(parts, "agenda") {
        let columns: AgendaColumns = part.plain()?;
        agenda.push(HearingOut {
            id: part.id,
            etag: etag(part.version),
            meeting_id: columns.meeting_id,
            starts_at: columns.starts_at,
            kind: columns.kind,
            status: columns.status,
            deferred_to_id: columns.deferred_to_id,
        });
    }
    agenda.sort_by_key(|item| std::cmp::Reverse((item.starts_at, item.id)));
    Ok(agenda)
}

/// Referrals, newest first, and the gaps of the newest. Gaps may be in any group, so they go to
/// readers from whom no group a referral fills is withheld.
fn referrals(case: &VisibleCase, parts: &[Part]) -> Result<(Vec<FileReferralOut>, Vec<String>)> {
    let mut referrals = Vec::new();
    for part in of_kind(parts, "referral") {
        let columns: ReferralColumns = part.plain()?;
        let referral = FileReferralOut {
            id: part.id,
            etag: etag(part.version),
            referred_on: columns.referred_on,
            agency_id: columns.agency_id,
            co_agency_id: columns.co_agency_id,
            is_repeat: columns.is_repeat,
            urgent: columns.urgent,
        };
        referrals.push((referral, columns.gaps));
    }
    referrals.sort_by_key(|(referral, _)| std::cmp::Reverse((referral.referred_on, referral.id)));
    let all = [
        FieldGroup::SafeContact,
        FieldGroup::ThirdParty,
        FieldGroup::ProtectedCharacteristics,
    ];
    let gaps = referrals
        .first()
        .filter(|_| all.iter().all(|group| case.lens.shows(*group)))
        .map(|(_, gaps)| gaps.clone())
        .unwrap_or_default();
    Ok((referrals.into_iter().map(|(one, _)| one).collect(), gaps))
}

fn closing(case: &VisibleCase, parts: &[Part]) -> Result<Option<ClosingOut>> {
    let Some(part) = of_kind(parts, "closing").next() else {
        return Ok(None);
    };
    let (columns, said): (ClosingColumns, Closed) =
        (part.plain()?, part.open(case, "cases", "closing")?);
    Ok(Some(ClosingOut {
        closed_at: columns.closed_at,
        reason: columns.reason,
        notes: said.notes,
        open_actions_reason: said.open_actions_reason,
    }))
}

fn circle(parts: &[Part]) -> Result<Vec<CircleOut>> {
    let mut circle = Vec::new();
    for part in of_kind(parts, "circle") {
        let columns: CircleColumns = part.plain()?;
        circle.push(CircleOut {
            id: part.id,
            etag: etag(part.version),
            basis: columns.basis,
            user_id: columns.user_id,
            actor_id: columns.actor_id,
            agency_id: columns.agency_id,
            opens_at: columns.opens_at,
            ends_at: columns.ends_at,
        });
    }
    circle.sort_by_key(|one| (one.opens_at, one.id));
    Ok(circle)
}
