//! Research over HTTP: what an agency is asked, and what a meeting still lacks.

use actix_web::web::Data;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::count_store::{self, CountRow};
use super::list_store::{self, AskedLine, Filter};
use super::model::{ResearchStanding, ResearchStatus};
use crate::meetings;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::crypto::KeyRing;
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{Figures, Json, Page, PageQuery, Path, Query, etag, operation};
use kernel::policy::lens::FieldGroup;
use practice::party::{Identity, PartyRole};
use practice::text::Line;
use practice::vocabulary;
use practice::vocabulary::AgencyKind;

/// The operations on lists of returns.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_research_route)
        .service(count_research_route);
}

vocabulary! {
    /// Which returns a list is of.
    ListedResearch {
        /// Asked, and to be answered now.
        Requested = "requested",
        NothingKnown = "nothing_known",
        Returned = "returned",
        Late = "late",
        Exempt = "exempt",
        /// Whatever was asked, that of past meetings too.
        All = "all",
    }
}

/// Which returns.
#[derive(Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ResearchQuery {
    /// Which; `requested` unless said.
    #[param(inline)]
    status: Option<ListedResearch>,
    /// Only of this MARAC.
    marac_id: Option<Uuid>,
    /// Rows per page, 1 to 200.
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<Line<400>>,
}

impl ResearchQuery {
    fn filter(self) -> Result<Filter> {
        let page = PageQuery {
            limit: self.limit,
            cursor: self.cursor,
        };
        let wanted = self.status.unwrap_or(ListedResearch::Requested);
        Ok(Filter {
            to_answer: wanted == ListedResearch::Requested,
            status: ResearchStatus::parse(wanted.as_str()),
            marac_id: self.marac_id,
            after: page.after()?,
            limit: page.limit(),
        })
    }
}

/// Somebody to look for.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResearchPerson {
    /// The party of the case.
    party_id: Uuid,
    /// The part they play in it.
    role: PartyRole,
    /// Names, aliases, dates of birth.
    identity: Identity,
}

/// A request to one's agency. What it answered is read at the item.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResearchLineOut {
    /// Id.
    id: Uuid,
    /// The MARAC.
    marac_id: Uuid,
    /// The meeting.
    meeting_id: Uuid,
    /// When the meeting starts.
    meeting_starts_at: DateTime<Utc>,
    /// The case's place on its agenda.
    agenda_item_id: Uuid,
    /// The case.
    case_id: Uuid,
    /// The case's code.
    case_code: String,
    /// Where it stands.
    status: ResearchStatus,
    /// Whether it can still be answered.
    standing: ResearchStanding,
    /// The agency looked and knows nothing.
    nothing_known: bool,
    /// When it is due.
    due_on: NaiveDate,
    /// Not answered, and the day is past.
    overdue: bool,
    /// Survivor, perpetrators, children.
    people: Vec<ResearchPerson>,
    /// Version, for `If-Match`.
    etag: String,
}

fn line(keys: &KeyRing, today: NaiveDate, row: AskedLine) -> Result<ResearchLineOut> {
    let people = row.people(keys)?;
    let people = people
        .into_iter()
        .map(|(party_id, role, identity)| ResearchPerson {
            party_id,
            role,
            identity,
        });
    Ok(ResearchLineOut {
        people: people.collect(),
        id: row.id,
        marac_id: row.marac_id,
        meeting_id: row.meeting_id,
        meeting_starts_at: row.starts_at,
        agenda_item_id: row.agenda_item_id,
        case_id: row.case_id,
        case_code: row.case_code,
        status: row.status,
        standing: row.standing,
        nothing_known: row.nothing_known,
        due_on: row.due_on,
        overdue: row.status == ResearchStatus::Requested && row.due_on < today,
        etag: etag(row.version),
    })
}

/// What one's agency is asked to research, across meetings and MARACs, by due date; with the people
/// to look for.
#[operation(get, "/research", tag = "research", act = ListResearch, says = "Requests.")]
pub async fn list_research(
    db: Data<Db>,
    caller: Caller,
    query: Query<ResearchQuery>,
) -> Result<Page<ResearchLineOut>> {
    db.run(&caller, ACT.ask(), move |tx| {
        let filter = query.0.filter()?;
        let rows = list_store::page(tx, &filter)?;
        let page = Page::of(rows, filter.limit, |row| (row.due_on, row.id));
        let Page { items, next_cursor } = page;
        let today = tx.today();
        let items = items.into_iter().map(|row| line(&tx.keys, today, row));
        let items = items.collect::<Result<Vec<_>>>()?;
        let event = Event::list(items.len()).fields([FieldGroup::Identity.as_str()]);
        Ok(Audited::new(Page { items, next_cursor }, event))
    })
    .await
}

/// How many returns stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResearchCounts {
    /// Cases the agency is asked about.
    asked: i64,
    /// Not answered.
    missing: i64,
    /// Of those, past the day they were due.
    overdue: i64,
    /// Answered in time: nothing is known.
    nothing_known: i64,
    /// Answered in time: something is known.
    returned: i64,
    /// Answered after the day they were due.
    late: i64,
    /// Of those: nothing is known.
    late_nothing_known: i64,
    /// Excused.
    exempt: i64,
}

impl ResearchCounts {
    fn of(row: &CountRow) -> Self {
        Self {
            asked: row.requested + row.nothing_known + row.returned + row.late + row.exempt,
            missing: row.requested,
            overdue: row.overdue,
            nothing_known: row.nothing_known,
            returned: row.returned,
            late: row.late,
            late_nothing_known: row.late_nothing_known,
            exempt: row.exempt,
        }
    }

    const fn plus(self, other: &Self) -> Self {
        Self {
            asked: self.asked + other.asked,
            missing: self.missing + other.missing,
            overdue: self.overdue + other.overdue,
            nothing_known: self.nothing_known + other.nothing_known,
            returned: self.returned + other.returned,
            late: self.late + other.late,
            late_nothing_known: self.late_nothing_known + other.late_nothing_known,
            exempt: self.exempt + other.exempt,
        }
    }
}

/// An agency's returns for a meeting.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgencyResearchOut {
    /// The agency.
    agency_id: Uuid,
    /// Its name.
    agency: String,
    /// What kind of agency.
    kind: AgencyKind,
    /// Its returns.
    counts: ResearchCounts,
}

/// The returns for a meeting, counted.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeetingResearchOut {
    /// Which cases are counted.
    counts: Figures,
    /// All agencies together.
    total: ResearchCounts,
    /// Each agency that was asked, by name.
    agencies: Vec<AgencyResearchOut>,
}

/// How many returns each agency has made for a meeting, and how many are missing, late or excused.
/// Counts alone, no texts.
#[operation(get, "/meetings/{id}/research", tag = "research", act = CountResearch, says = "Counts by agency.")]
pub async fn count_research(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<MeetingResearchOut>> {
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        let marac_id = meetings::marac_of(tx, ACT, id)?;
        let rows = count_store::counts(tx, id)?;
        let event = Event::list(rows.len()).on("meeting", id).in_marac(marac_id);
        Ok(Audited::new(counted(rows), event))
    })
    .await
    .map(Json)
}

fn counted(rows: Vec<CountRow>) -> MeetingResearchOut {
    let agencies: Vec<_> = rows
        .into_iter()
        .map(|row| AgencyResearchOut {
            counts: ResearchCounts::of(&row),
            agency_id: row.agency_id,
            agency: row.agency,
            kind: row.kind,
        })
        .collect();
    let total = agencies
        .iter()
        .fold(ResearchCounts::default(), |total, agency| {
            total.plus(&agency.counts)
        });
    MeetingResearchOut {
        counts: Figures::WhatYouMaySee,
        total,
        agencies,
    }
}
