//! Flags over HTTP: an agency's list, a coordinator's, a case's, and one.

use actix_web::web::Data;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::FlagStatus;
use super::store::{self, Filter, FlagRow, Scope};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::{is_staff, opened};
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{Page, PageQuery, Path, Query, Tagged, etag, operation};
use kernel::policy::lens::Basis;
use kernel::policy::may_in;
use practice::text::Line;
use practice::vocabulary;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_flags_route)
        .service(list_case_flags_route)
        .service(read_flag_route);
}

/// What the agency last said of its flag.
#[derive(Debug, Serialize, ToSchema)]
pub struct FlagAnswerOut {
    /// The system it is placed in.
    system: Option<String>,
    /// The system's receipt.
    reference: Option<String>,
    /// More, or why not.
    note: Option<String>,
    /// The coordinator answered in the agency's place.
    overridden: bool,
}

/// A flag that an agency is asked to keep on its own records (R15).
#[derive(Debug, Serialize, ToSchema)]
pub struct FlagOut {
    /// Id.
    id: Uuid,
    /// Its case.
    case_id: Uuid,
    /// The case's code.
    case_code: String,
    /// Its MARAC.
    marac_id: Uuid,
    /// The survivor's name; null when it is not known.
    survivor: Option<String>,
    /// The agency.
    agency_id: Uuid,
    /// Its name.
    agency: String,
    /// Where it is in its life cycle.
    status: FlagStatus,
    /// When the agency was last asked to do something.
    asked_on: NaiveDate,
    /// By when it answers.
    due_on: NaiveDate,
    /// It owes an answer, and the day is past.
    overdue: bool,
    /// Twelve months from the last referral (R14), or the day the case was kept until.
    expires_on: NaiveDate,
    /// When the agency last answered.
    confirmed_on: Option<NaiveDate>,
    /// Until when the agency said it is placed.
    confirmed_until: Option<NaiveDate>,
    /// What it said.
    answer: Option<FlagAnswerOut>,
    /// Version.
    etag: String,
}

pub(super) fn out(tx: &Tx<'_>, row: &FlagRow) -> Result<FlagOut> {
    let opened = row.open(tx)?;
    Ok(FlagOut {
        id: row.id,
        case_id: row.case_id,
        case_code: row.case_code.clone(),
        marac_id: row.marac_id,
        survivor: opened.survivor,
        agency_id: row.agency_id,
        agency: row.agency.clone(),
        status: row.flag_status,
        asked_on: row.asked_on,
        due_on: row.due_on,
        overdue: row.flag_status.is_due() && row.due_on < tx.today(),
        expires_on: row.expires_on,
        confirmed_on: row.confirmed_on,
        confirmed_until: row.confirmed_until,
        answer: opened.said.map(|said| FlagAnswerOut {
            system: said.system,
            reference: said.reference,
            note: said.note,
            overridden: said.overridden,
        }),
        etag: etag(row.version),
    })
}

pub(super) fn event(row: &FlagRow) -> Event {
    Event::new()
        .in_case(row.marac_id, row.case_id)
        .on("flag", row.id)
}

vocabulary! {
    /// Which flags a list is of.
    ListedFlags {
        /// Those that wait for an answer: asked, or removal due.
        Due = "due",
        /// Every one.
        All = "all",
        Asked = "asked",
        Placed = "placed",
        NotPlaced = "not_placed",
        RemovalDue = "removal_due",
        Removed = "removed",
    }
}

/// What to list.
#[derive(Debug, Clone, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct FlagQuery {
    /// Which; `due` unless said.
    #[param(inline)]
    status: Option<ListedFlags>,
    /// Only those whose answer was due before today.
    overdue: Option<bool>,
    /// Only of this MARAC. Its coordinator and chair then get every agency's.
    marac_id: Option<Uuid>,
    /// Rows per page, 1 to 200.
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<Line<400>>,
}

fn list(tx: &mut Tx<'_>, query: FlagQuery) -> Result<Page<FlagOut>> {
    let paging = PageQuery {
        limit: query.limit,
        cursor: query.cursor,
    };
    let listed = query.status.unwrap_or(ListedFlags::Due);
    let filter = Filter {
        scope: match query.marac_id {
            Some(marac) if tx.actor.is_staff(marac) => Scope::Marac(marac),
            _ => Scope::Agency(tx.actor.agency_id),
        },
        due: listed == ListedFlags::Due,
        status: FlagStatus::parse(listed.as_str()),
        due_before: (query.overdue == Some(true)).then(|| tx.today()),
        marac_id: query.marac_id,
        after: paging.after()?,
        limit: paging.limit() + 1,
    };
    let rows = store::page(tx, &filter)?;
    let page = Page::of(rows, paging.limit(), |row| (row.due_on, row.id));
    let next_cursor = page.next_cursor;
    let items = page.items.iter().map(|row| out(tx, row));
    Ok(Page {
        items: items.collect::<Result<_>>()?,
        next_cursor,
    })
}

/// The flags of the own agency, across cases and MARACs, by the day an answer is due.
///
/// With `marac_id` its coordinator and chair get those of every agency: who has confirmed and who has
/// not.
#[operation(get, "/flags", tag = "flags", act = ListFlags, says = "A page of flags.")]
pub async fn list_flags(
    db: Data<Db>,
    caller: Caller,
    Query(query): Query<FlagQuery>,
) -> Result<Page<FlagOut>> {
    db.run(&caller, ACT.ask(), move |tx| {
        let page = list(tx, query)?;
        let event = Event::list(page.len());
        Ok(Audited::new(page, event))
    })
    .await
}

/// The flags of a case: every agency's for coordinator, chair and the allocated IDVA, the own agency's
/// for others.
#[operation(get, "/cases/{case_id}/flags", tag = "flags", act = ListFlags, says = "All of them on one page.")]
pub async fn list_case_flags(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Page<FlagOut>> {
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = opened(tx, ACT, id)?;
        let all = is_staff(&case) || case.has_basis(Basis::Allocation);
        let rows = store::of_case(tx, &case, all)?;
        let items = rows.iter().map(|row| out(tx, row));
        let page = Page {
            items: items.collect::<Result<Vec<_>>>()?,
            next_cursor: None,
        };
        let event = Event::of_case(&case).fields(["flags"]).rows(page.len());
        Ok(Audited::new(page, event))
    })
    .await
}

/// A flag. Its agency sees it until it is answered, whatever has become of the listing.
#[operation(get, "/flags/{id}", tag = "flags", act = ListFlags, says = "The flag.")]
pub async fn read_flag(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Tagged<FlagOut>> {
    db.run(&caller, ACT.on("flag", id), move |tx| {
        let row = store::one(tx, id)?;
        may_in(&tx.actor, ACT, row.marac_id)?;
        Ok(Audited::new(
            Tagged::new(row.version, out(tx, &row)?),
            event(&row),
        ))
    })
    .await
}
