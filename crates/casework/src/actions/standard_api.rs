//! The catalogue of standard actions over HTTP, and agreeing its entries for a case.

use actix_web::web::Data;
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::model::ActionStatus;
use super::standard::{self, StandardAction};
use super::standard_store::{self as store, Agency, NewStandard};
use directory::notifications::{self, Notice, NoticeKind, To};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::opened_locked;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Code, Error, Result};
use kernel::http::{Body, IfMatch, Json, Path, Query, Tagged, etag, operation};
use kernel::policy::{hidden, may_in};
use kernel::visibility::VisibleCase;
use practice::text::Line;
use practice::vocabulary::CaseStatus;

/// The standard actions of an area, in one version.
#[derive(Serialize, ToSchema)]
pub struct StandardActionsOut {
    /// The MARAC.
    marac_id: Uuid,
    /// The version of the catalogue; 0 is the shipped one.
    version: i32,
    /// Its entries, in order.
    actions: Vec<StandardAction>,
    /// The version, for `If-Match`.
    etag: String,
}

/// Which version.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CatalogueQuery {
    /// An earlier version; the latest unless said.
    #[validate(range(min = 0))]
    #[param(minimum = 0)]
    version: Option<i32>,
}

/// The catalogue of a MARAC at a version, or the latest.
fn catalogue(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    version: Option<i32>,
) -> Result<(i32, Vec<StandardAction>)> {
    let version = match version {
        Some(version) => version,
        None => store::latest(tx, marac_id)?,
    };
    let actions = match version {
        0 => standard::shipped()?,
        version => store::catalogue(tx, marac_id, version)?,
    };
    match version == 0 || !actions.is_empty() || store::exists(tx, marac_id, version)? {
        true => Ok((version, actions)),
        false => Err(hidden()),
    }
}

fn out(
    marac_id: Uuid,
    (version, actions): (i32, Vec<StandardAction>),
) -> Tagged<StandardActionsOut> {
    let out = StandardActionsOut {
        marac_id,
        version,
        actions,
        etag: etag(version),
    };
    Tagged::new(version, out)
}

/// The standard actions of a MARAC: the shipped ones until it keeps its own.
#[operation(get, "/maracs/{id}/standard-actions", tag = "actions", act = ReadStandardActions,
    says = "The catalogue.")]
pub async fn read_standard_actions(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    query: Query<CatalogueQuery>,
) -> Result<Tagged<StandardActionsOut>> {
    let (id, version) = (id.0, query.0.version);
    db.run(&caller, ACT.on("marac", id), move |tx| {
        may_in(&tx.actor, ACT, id)?;
        let body = out(id, catalogue(tx, id, version)?);
        Ok(Audited::new(body, Event::new().in_marac(id)))
    })
    .await
}

/// A catalogue, whole.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StandardActionsIn {
    /// Its entries, in order.
    #[validate(length(max = 60), nested)]
    #[schema(max_items = 60)]
    actions: Vec<StandardAction>,
}

/// Set the standard actions of a MARAC: a new version takes the place of the one that was read.
///
/// Actions that were agreed from an earlier version stay as they are.
#[operation(put, "/maracs/{id}/standard-actions", tag = "actions", act = ChangeStandardActions,
    says = "The new version.", if_match = "The catalogue's `etag` that was read.")]
pub async fn set_standard_actions(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<StandardActionsIn>,
) -> Result<Tagged<StandardActionsOut>> {
    let (id, actions) = (id.0, body.0.actions);
    db.run(&caller, ACT.on("marac", id), move |tx| {
        may_in(&tx.actor, ACT, id)?;
        let version = store::latest(tx, id)?;
        if_match.check(version)?;
        standard::check(&actions)?;
        let event = Event::new().in_marac(id).fields(["standard_actions"]);
        if catalogue(tx, id, Some(version))?.1 == actions {
            return Ok(Audited::new(out(id, (version, actions)), event));
        }
        // Of two at once the second finds the version taken.
        store::insert(tx, id, version + 1, &actions).map_err(|error| {
            error.on_constraint("standard_action_versions_pkey", || Code::Stale.into())
        })?;
        Ok(Audited::new(out(id, (version + 1, actions)), event))
    })
    .await
}

/// Which standard actions to agree for a case.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AgreeStandardIn {
    /// Their codes in the catalogue.
    #[validate(length(min = 1, max = 60))]
    #[schema(max_items = 60, min_items = 1)]
    codes: Vec<Line<40>>,
    /// The case's place on an agenda, whose agencies are meant; the latest unless said.
    #[serde(default)]
    agenda_item_id: Option<Uuid>,
}

/// A standard action of a case.
#[derive(Serialize, ToSchema)]
pub struct StandardActionOfCase {
    /// The action.
    id: Uuid,
    /// Its code.
    code: String,
    /// Its owner.
    owner_agency_id: Uuid,
    /// Due date.
    due_on: NaiveDate,
    /// Where it is in its life cycle.
    status: ActionStatus,
    /// Made by this request, rather than there already.
    made: bool,
}

/// What came of agreeing standard actions.
#[derive(Serialize, ToSchema)]
pub struct StandardActionsAgreed {
    /// The agenda item whose agencies were meant.
    agenda_item_id: Uuid,
    /// The version of the catalogue.
    version: i32,
    /// One action per code and agency meant.
    actions: Vec<StandardActionOfCase>,
    /// Codes that no agency is there for.
    for_nobody: Vec<String>,
}

/// Agree standard actions of a case: one for each agency meant, of those the case is listed to.
///
/// Sent twice it makes nothing twice: an agency has an entry once for an agenda item, and never two
/// outstanding. An agency that is excluded gets it only through its exempt senior.
#[operation(post, "/cases/{case_id}/actions/standard", tag = "actions", act = AgreeAction, says = "Agreed.")]
pub async fn agree_standard_actions(
    db: Data<Db>,
    caller: Caller,
    Path(case_id): Path<Uuid>,
    Body(body): Body<AgreeStandardIn>,
) -> Result<Json<StandardActionsAgreed>> {
    db.run(&caller, ACT.on("case", case_id), move |tx| {
        let case = opened_locked(tx, ACT, case_id)?;
        let out = agree(tx, &case, &body)?;
        let made = out.actions.iter().filter(|action| action.made).count();
        let event = Event::of_case(&case).on("case", case_id).rows(made);
        Ok(Audited::new(out, event.fields(["standard_actions"])))
    })
    .await
    .map(Json)
}

fn assigned(case: &VisibleCase, new: &NewStandard<'_>) -> Notice {
    let agency = To::Agency(new.owner_agency_id);
    let to = [Some(agency), new.owner_user_id.map(To::User)];
    Notice {
        kind: NoticeKind::ActionAssigned,
        marac_id: case.marac_id,
        case_id: Some(case.id),
        subject: ("action", new.id),
        to: to.into_iter().flatten().collect(),
    }
}

fn agree(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    body: &AgreeStandardIn,
) -> Result<StandardActionsAgreed> {
    if !matches!(
        case.row.status,
        CaseStatus::Listed | CaseStatus::Heard | CaseStatus::Monitoring
    ) {
        return Err(Error::conflict("case_not_open"));
    }
    let (version, catalogue) = catalogue(tx, case.marac_id, None)?;
    let entries = standard::chosen(&catalogue, &body.codes)?;
    let item = match (
        store::item(tx, case, body.agenda_item_id)?,
        body.agenda_item_id,
    ) {
        (Some(item), _) => item,
        (None, Some(_)) => {
            let message = "The case has no such place on an agenda.";
            return Err(Error::field("/agenda_item_id", "unknown", message));
        }
        (None, None) => return Err(Error::conflict("not_listed")),
    };
    let agencies = store::agencies(tx, case, item.id)?;
    let known = store::known(tx, case, item.id, &body.codes)?;
    let today = tx.today();
    let (mut new, mut actions, mut for_nobody) = (Vec::new(), Vec::new(), Vec::new());
    for entry in entries {
        let meant: Vec<&Agency> = agencies
            .iter()
            .filter(|agency| entry.is_for(agency.kind))
            .collect();
        if meant.is_empty() {
            for_nobody.push(entry.code.clone());
        }
        for agency in meant {
            let earlier = known
                .iter()
                .find(|one| entry.code == *one.code && one.owner_agency_id == agency.id);
            if let Some(earlier) = earlier {
                actions.push(StandardActionOfCase {
                    id: earlier.id,
                    code: entry.code.clone().into_string(),
                    owner_agency_id: agency.id,
                    due_on: earlier.due_on,
                    status: earlier.status,
                    made: false,
                });
                continue;
            }
            let (id, from) = (Uuid::now_v7(), item.held_on.max(today));
            let due_on = from
                .checked_add_days(Days::new(entry.due_days.into()))
                .unwrap_or(from);
            new.push(NewStandard {
                id,
                entry,
                owner_agency_id: agency.id,
                owner_user_id: agency.exempt_user_id,
                due_on,
            });
            actions.push(StandardActionOfCase {
                id,
                code: entry.code.clone().into_string(),
                owner_agency_id: agency.id,
                due_on,
                status: ActionStatus::Open,
                made: true,
            });
        }
    }
    store::agree(tx, case, &item, version, &new)?;
    let notices: Vec<_> = new.iter().map(|one| assigned(case, one)).collect();
    notifications::tell(tx, &notices)?;
    Ok(StandardActionsAgreed {
        agenda_item_id: item.id,
        version,
        actions,
        for_nobody: for_nobody.into_iter().map(String::from).collect(),
    })
}
