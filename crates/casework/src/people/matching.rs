//! Finding the same people again, by exact identity: pairs of a survivor and a perpetrator, and one
//! person by name and date of birth. For coordinators and chairs alone, so that nobody can ask by
//! referring (design 3.6).

use actix_web::web::Data;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::someone::{self, Someone};
use super::token_store as store;
use super::tokens::{self, Token, TokenKind};
use directory::auth::Throttle;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::crypto::damage;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{Body, Json, Path, operation};
use kernel::policy::Role;
use kernel::sql::Row;
use kernel::visibility::VisibleCase;
use practice::dates::BirthDay;
use practice::document::Document;
use practice::party::Identity;
use practice::text::Line;

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(check_repeat_route)
        .service(search_people_route);
}

/// After somebody was added to a case, is called something else or has another address or number: search and
/// repeat check find it by the people it has now, and the repeat check by those whom its referrals name. By the
/// other kinds it stays found as `gone` were called too: exclusions follow a person in every spelling.
pub fn renew(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    gone: Option<&[Someone]>,
    people: &[Someone],
) -> Result<()> {
    let current = tokens::of_people(people, &tx.keys);
    let gone = gone.unwrap_or_default();
    let before = tokens::of_people(gone, &tx.keys);
    if tokens::without(before, &current).is_empty() {
        return store::add(tx, case, &current);
    }
    let named = named(tx, case)?;
    let before = tokens::of_case(gone, &named, &tx.keys);
    let now = tokens::of_case(people, &named, &tx.keys);
    let lost = tokens::without(before, &now);
    let of_search = |token: &&Token| token.kind.is_of_search();
    let searched: Vec<Token> = lost.iter().filter(of_search).cloned().collect();
    let of_pair = |token: &&Token| token.kind == TokenKind::Pair;
    let pairs: Vec<Token> = lost.iter().filter(of_pair).cloned().collect();
    store::remove(tx, case, &searched)?;
    forget(tx, case, &pairs)?;
    store::add(tx, case, &now)
}

/// After a referral left the case of these people: what only it had named is found there no longer, also together
/// with others.
pub fn found_without(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    mut left: Vec<Someone>,
    gone: &Document,
) -> Result<()> {
    left.append(&mut named(tx, case)?);
    let kept = tokens::of_people(&left, &tx.keys);
    left.append(&mut someone::people(gone));
    let before = tokens::of_people(&left, &tx.keys);
    forget(tx, case, &tokens::without(before, &kept))
}

/// What a referral says that cannot be read may be just this: then nothing is forgotten.
fn forget(tx: &mut Tx<'_>, case: &VisibleCase, lost: &[Token]) -> Result<()> {
    match damage::found().is_empty() {
        true => store::remove(tx, case, lost),
        false => Ok(()),
    }
}

/// The people whom the referrals of a case name.
fn named(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Someone>> {
    let documents = store::documents(tx, case)?;
    Ok(documents.iter().flat_map(someone::people).collect())
}

/// Another file of the same pair.
#[derive(Debug, Serialize, ToSchema, Row)]
pub struct MatchOut {
    /// The file, in one's own MARAC.
    pub case_id: Option<Uuid>,
    /// Its code.
    pub code: Option<String>,
    /// Its status.
    pub status: Option<practice::vocabulary::CaseStatus>,
    /// Its last referral: the twelve months run from here (R13).
    pub last_referral_on: Option<NaiveDate>,
    /// This referral would be a repeat of it (R13).
    pub within_window: Option<bool>,
    /// The MARAC: if not one's own, ask its coordinator.
    pub marac_id: Uuid,
}

/// Other files of the same pair.
#[derive(Debug, Serialize, ToSchema)]
pub struct MatchesOut {
    /// Those with exactly the same survivor and perpetrator.
    pub items: Vec<MatchOut>,
}

/// Is this pair known? The repeat check (R12, R13).
///
/// In one's own MARACs the files; elsewhere only which MARAC's coordinator to ask.
#[operation(get, "/referrals/{id}/matches", tag = "referrals", act = CheckRepeat,
    says = "Other files of the same pair.")]
pub async fn check_repeat(
    db: Data<Db>,
    throttle: Data<Throttle>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<MatchesOut>> {
    throttle.search(caller.principal().id())?;
    db.run(&caller, ACT.on("referral", id), move |tx| {
        let (found, event) = store::pair_matches(tx, id)?;
        let rows = found.len();
        Ok(Audited::new(MatchesOut { items: found }, event.rows(rows)))
    })
    .await
    .map(Json)
}

/// Whom to look for: all three are needed.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SearchPeople {
    /// Family name.
    pub family_name: Line<120>,
    /// Given names.
    pub given_names: Line<120>,
    /// Date of birth.
    pub date_of_birth: BirthDay,
}

/// A file somebody stands in.
#[derive(Debug, Serialize, ToSchema, Row)]
pub struct PersonFound {
    /// The file.
    pub case_id: Uuid,
    /// Its code.
    pub code: String,
    /// Its status.
    pub status: practice::vocabulary::CaseStatus,
    /// The part they play in it.
    pub role: practice::party::PartyRole,
    /// Its MARAC.
    pub marac_id: Uuid,
}

/// The files somebody stands in.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeopleFound {
    /// At most fifty, in sight of the caller.
    pub items: Vec<PersonFound>,
}

/// Find somebody by names and date of birth, within the MARACs one coordinates or chairs.
#[operation(post, "/people/search", tag = "people", act = SearchPeople, says = "The files they stand in.")]
pub async fn search_people(
    db: Data<Db>,
    throttle: Data<Throttle>,
    caller: Caller,
    Body(body): Body<SearchPeople>,
) -> Result<Json<PeopleFound>> {
    throttle.search(caller.principal().id())?;
    let identity = Identity {
        family_name: Some(body.family_name),
        given_names: Some(body.given_names),
        date_of_birth: Some(body.date_of_birth),
        ..Identity::default()
    };
    db.run(&caller, ACT.ask(), move |tx| {
        let tokens = tokens::of_somebody(&identity, &tx.keys);
        let maracs = tx.actor.maracs_as(&[Role::Coordinator, Role::Chair]);
        let items = store::people(tx, maracs, &tokens)?;
        let rows = items.len();
        Ok(Audited::new(PeopleFound { items }, Event::list(rows)))
    })
    .await
    .map(Json)
}
