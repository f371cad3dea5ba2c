//! Writing down what is said of a case while the meeting is in session: each saying a row of its own, so
//! that many write at once and nobody's words are lost.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::model::{
    HearingEntry, HearingKind, HearingSharing, InformationNature, PoliceWish, RiskFactor,
    Safeguard, SafeguardDecision, Words,
};
use super::shapes::HearingEntryOut;
use super::store::{self, NewEntry};
use super::{record, record_store, rules};
use crate::meetings::{self, MeetingStatus};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file;
use kernel::db::Db;
use kernel::error::{Error, Result};
use kernel::http::{Body, Created, Idempotency, IdempotencyKey, Path, Tagged, operation};
use kernel::policy::Act;
use practice::text::Text;

/// The operations that add to a hearing.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(share_information_route)
        .service(give_views_route)
        .service(record_risk_route)
        .service(record_safeguard_route)
        .service(record_crime_route);
}

/// What an entry is made of, whatever its kind.
struct Saying {
    kind: HearingKind,
    sharing: HearingSharing,
    nature: Option<InformationNature>,
    factor: Option<RiskFactor>,
    safeguard: Option<Safeguard>,
    decision: Option<SafeguardDecision>,
    police_wish: Option<PoliceWish>,
    agency_id: Option<Uuid>,
    text: Option<String>,
}

impl Saying {
    fn of(kind: HearingKind, sharing: HearingSharing, text: Option<String>) -> Self {
        Self {
            kind,
            sharing,
            nature: None,
            factor: None,
            safeguard: None,
            decision: None,
            police_wish: None,
            agency_id: None,
            text,
        }
    }
}

/// Adds an entry once, and answers with it: who writes gets back what they wrote.
async fn add<B: Serialize + Send + 'static>(
    db: &Db,
    caller: &Caller,
    (act, operation): (Act, &'static str),
    (item_id, key, body): (Uuid, IdempotencyKey, B),
    saying: impl FnOnce(B) -> Saying + Send + 'static,
) -> Result<Created<Tagged<HearingEntryOut>>> {
    let ask = act.on("agenda_item", item_id);
    db.run(caller, ask, move |tx| {
        let place = store::place_kept(tx, item_id)?;
        let case = case_file::opened(tx, act, place.case_id)?;
        let claim = key.claim(tx, operation, &(item_id, &body))?;
        let desk = place.desk(&case);
        if let Idempotency::Fresh(id) = claim {
            let saying = saying(body);
            desk.adds(saying.kind)?;
            let own = tx.actor.agency_id;
            let agency_id = rules::agency(saying.agency_id, own, desk.coordinator)?;
            if agency_id != own && !store::is_member(tx, &case, agency_id)? {
                return Err(Error::field(
                    "/agency_id",
                    "not_a_member",
                    "This agency is not in the MARAC.",
                ));
            }
            let entry = NewEntry {
                id,
                kind: saying.kind,
                sharing: saying.sharing,
                nature: saying.nature,
                factor: saying.factor,
                safeguard: saying.safeguard,
                decision: saying.decision,
                police_wish: saying.police_wish,
                agency_id,
                supersedes_id: None,
                struck: false,
                words: Words {
                    text: saying.text,
                    reason: None,
                },
            };
            store::insert(tx, &case, item_id, &entry)?;
            if place.meeting == MeetingStatus::InSession {
                meetings::came(tx, place.meeting_id)?;
            }
        }
        let part = record_store::entry(tx, item_id, claim.id())?;
        let entry = record::entry(case.key(), &part)?;
        let event = Event::of_case(&case).on("hearing_entry", claim.id());
        Ok(Audited::new(entry, event.fields([entry_field(act)])))
    })
    .await
    .map(answer)
}

pub(super) fn answer(entry: HearingEntry) -> Created<Tagged<HearingEntryOut>> {
    Created(Tagged::new(entry.version, entry.into()))
}

const fn entry_field(act: Act) -> &'static str {
    match act {
        Act::ShareInformation => "information",
        Act::GiveViews => "views",
        Act::RecordCrime => "crimes",
        _ => "analysis",
    }
}

/// What an agency shares.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct InformationIn {
    /// Whose information it is: the own agency's if left out; the coordinator writes for any.
    #[serde(default)]
    agency_id: Option<Uuid>,
    /// Fact or opinion.
    nature: InformationNature,
    /// Who reads it.
    sharing: HearingSharing,
    /// What is shared: relevant, proportionate, about the risk.
    text: Text<8000>,
}

/// Share the own agency's information about a case while the meeting is in session.
///
/// For those the meeting opened the case to who have accepted its confidentiality statement; the
/// coordinator writes for any agency, and afterwards too until the minutes are out.
#[operation(post, "/agenda-items/{id}/information", tag = "hearing", act = ShareInformation,
    says = "Recorded.")]
pub async fn share_information(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    key: IdempotencyKey,
    body: Body<InformationIn>,
) -> Result<Created<Tagged<HearingEntryOut>>> {
    let act = (ACT, "share_information");
    add(&db, &caller, act, (id.0, key, body.0), |body| Saying {
        nature: Some(body.nature),
        agency_id: body.agency_id,
        ..Saying::of(
            HearingKind::Information,
            body.sharing,
            Some(body.text.into_string()),
        )
    })
    .await
}

/// The survivor's views.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ViewsIn {
    /// Who gives them: the own agency if left out; the coordinator writes for any.
    #[serde(default)]
    agency_id: Option<Uuid>,
    /// Who reads them.
    sharing: HearingSharing,
    /// What the survivor fears, wants, and thinks of the plan.
    text: Text<8000>,
}

/// Give the survivor's views, as the allocated IDVA or the coordinator.
#[operation(post, "/agenda-items/{id}/views", tag = "hearing", act = GiveViews, says = "Recorded.")]
pub async fn give_views(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    key: IdempotencyKey,
    body: Body<ViewsIn>,
) -> Result<Created<Tagged<HearingEntryOut>>> {
    let act = (ACT, "give_views");
    add(&db, &caller, act, (id.0, key, body.0), |body| Saying {
        agency_id: body.agency_id,
        ..Saying::of(
            HearingKind::Views,
            body.sharing,
            Some(body.text.into_string()),
        )
    })
    .await
}

/// A part of the risk analysis.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RiskIn {
    /// A harm, a contributory or a protective factor.
    factor: RiskFactor,
    /// Who reads it.
    sharing: HearingSharing,
    /// In words.
    text: Text<4000>,
}

/// Record a part of the risk analysis, as chair or coordinator.
#[operation(post, "/agenda-items/{id}/risks", tag = "hearing", act = AnalyseRisk, says = "Recorded.")]
pub async fn record_risk(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    key: IdempotencyKey,
    body: Body<RiskIn>,
) -> Result<Created<Tagged<HearingEntryOut>>> {
    let act = (ACT, "record_risk");
    add(&db, &caller, act, (id.0, key, body.0), |body| Saying {
        factor: Some(body.factor),
        ..Saying::of(
            HearingKind::Risk,
            body.sharing,
            Some(body.text.into_string()),
        )
    })
    .await
}

/// A safeguard that the meeting looked at.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SafeguardIn {
    /// Which.
    safeguard: Safeguard,
    /// What became of it.
    decision: SafeguardDecision,
    /// Who reads it.
    sharing: HearingSharing,
    /// A note. References only: nothing is copied out of MAPPA or ViSOR.
    #[serde(default)]
    text: Option<Text<4000>>,
}

/// Record a safeguard considered beside the MARAC, as chair or coordinator.
#[operation(post, "/agenda-items/{id}/safeguards", tag = "hearing", act = AnalyseRisk, says = "Recorded.")]
pub async fn record_safeguard(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    key: IdempotencyKey,
    body: Body<SafeguardIn>,
) -> Result<Created<Tagged<HearingEntryOut>>> {
    let act = (ACT, "record_safeguard");
    add(&db, &caller, act, (id.0, key, body.0), |body| Saying {
        safeguard: Some(body.safeguard),
        decision: Some(body.decision),
        ..Saying::of(
            HearingKind::Safeguard,
            body.sharing,
            body.text.map(String::from),
        )
    })
    .await
}

/// A crime disclosed.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CrimeIn {
    /// What the survivor wishes of the police.
    police_wish: PoliceWish,
    /// Who reads it.
    sharing: HearingSharing,
    /// What was disclosed, by whom, and why the survivor wishes so.
    text: Text<4000>,
}

/// Record a crime disclosed at the meeting, with the survivor's wish about the police (R23).
///
/// For chair, coordinator and the allocated IDVA. It is kept apart from what agencies share.
#[operation(post, "/agenda-items/{id}/crimes", tag = "hearing", act = RecordCrime, says = "Recorded.")]
pub async fn record_crime(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    key: IdempotencyKey,
    body: Body<CrimeIn>,
) -> Result<Created<Tagged<HearingEntryOut>>> {
    let act = (ACT, "record_crime");
    add(&db, &caller, act, (id.0, key, body.0), |body| Saying {
        police_wish: Some(body.police_wish),
        ..Saying::of(
            HearingKind::Crime,
            body.sharing,
            Some(body.text.into_string()),
        )
    })
    .await
}
