//! MARACs: names for everybody, settings for those inside, changes by administrator and coordinator.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::Ref;
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, Schema, Type};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::{Validate, ValidationError};

use super::store::{self, Marac};
use super::{create, find, rules};
use crate::agencies::{self, AgreementWarningOut};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{
    Body, Change, Changes, Created, Idempotency, IdempotencyKey, IfMatch, Page, PageQuery, Patch,
    Path, Query, Sent, Tagged, etag, operation,
};
use kernel::policy;
use practice::marac::settings::MaracSettings;
use practice::risk::Tools;
use practice::text::Line;

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_maracs_route)
        .service(create_marac_route)
        .service(read_marac_route)
        .service(change_marac_route);
}

/// A MARAC to be founded.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewMarac {
    /// Two to six capital letters and digits, a letter first. Case codes begin with it; it never
    /// changes.
    #[validate(custom(function = "is_code"))]
    #[schema(schema_with = code_schema)]
    pub code: Line<6>,
    /// Its name.
    pub name: Line<200>,
    /// Codes of the local authorities it serves.
    #[serde(default)]
    #[validate(custom(function = "are_area_codes"))]
    #[schema(example = json!(["E09000033"]), max_items = 20)]
    pub local_authority_codes: Vec<Line<12>>,
    /// The police force's area it lies in.
    #[serde(default)]
    pub police_force_area: Option<Line<200>>,
    /// Adult women living there, for rates per 10,000.
    #[serde(default)]
    #[validate(range(min = 1, max = 50_000_000))]
    pub adult_female_population: Option<i32>,
    /// The year of that figure.
    #[serde(default)]
    #[validate(range(min = 1991, max = 2200))]
    pub adult_female_population_year: Option<i32>,
    /// What the area decides for itself; what is not sent takes its default.
    #[serde(default)]
    #[validate(nested)]
    pub settings: MaracSettings,
}

/// What changes of a MARAC.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MaracChange {
    /// Its name.
    #[serde(default)]
    #[schema(value_type = Line<200>)]
    name: Change<Line<200>>,
    /// Codes of the local authorities it serves: the whole list.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Line<12>>>, max_items = 20)]
    #[validate(custom(function = "are_area_codes_if_sent"))]
    local_authority_codes: Patch<Vec<Line<12>>>,
    /// The police force's area it lies in.
    #[serde(default)]
    #[schema(value_type = Option<Line<200>>)]
    police_force_area: Patch<Line<200>>,
    /// Adult women living there, for rates per 10,000.
    #[serde(default)]
    #[schema(value_type = Option<i32>)]
    #[validate(range(min = 1, max = 50_000_000))]
    adult_female_population: Patch<i32>,
    /// The year of that figure.
    #[serde(default)]
    #[schema(value_type = Option<i32>)]
    #[validate(range(min = 1991, max = 2200))]
    adult_female_population_year: Patch<i32>,
    /// Settings to change, merged group by group; those left out stay, and none can be null.
    #[serde(default)]
    #[schema(value_type = MaracSettings)]
    settings: Change<serde_json::Map<String, serde_json::Value>>,
}

/// A line of the form that `is_code` asks for.
fn code_schema() -> Schema {
    let form = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some("^[A-Z][A-Z0-9]{1,5}$"));
    let both = AllOfBuilder::new()
        .item(Ref::from_schema_name(Line::<6>::name()))
        .item(form)
        .description(Some(
            "Two to six capital letters and digits, a letter first. Case codes begin with it; it never changes.",
        ))
        .examples(["WCC"]);
    both.into()
}

fn is_code(code: &str) -> std::result::Result<(), ValidationError> {
    let rest = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let fits = (2..=6).contains(&code.len())
        && code.starts_with(|first: char| first.is_ascii_uppercase())
        && code.bytes().all(rest);
    fits.then_some(()).ok_or(ValidationError::new("format"))
}

fn are_area_codes(codes: &[Line<12>]) -> std::result::Result<(), ValidationError> {
    let fits = |code: &Line<12>| {
        (1..=12).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    (codes.len() <= 20 && codes.iter().all(fits))
        .then_some(())
        .ok_or(ValidationError::new("format"))
}

fn are_area_codes_if_sent(
    field: &impl Sent<Vec<Line<12>>>,
) -> std::result::Result<(), ValidationError> {
    field.sent().map_or(Ok(()), |codes| are_area_codes(codes))
}

/// A MARAC as everybody signed in sees it.
#[derive(Serialize, ToSchema)]
pub struct MaracName {
    /// Its id.
    id: Uuid,
    /// Its code.
    code: String,
    /// Its name.
    name: String,
}

/// A MARAC.
#[derive(Serialize, ToSchema)]
pub struct MaracOut {
    /// Its id.
    id: Uuid,
    /// Its code.
    code: String,
    /// Its name.
    name: String,
    /// Codes of the local authorities it serves.
    local_authority_codes: Vec<String>,
    /// The police force's area it lies in.
    police_force_area: Option<String>,
    /// Adult women living there, for rates per 10,000.
    adult_female_population: Option<i32>,
    /// The year of that figure.
    adult_female_population_year: Option<i32>,
    /// Its time zone.
    time_zone: String,
    /// What the area decides for itself: thresholds, calendar, deadlines, quorum, labels.
    settings: MaracSettings,
    /// Agencies whose agreement is unsigned or past its review date. Nobody is cut off by that; one
    /// past its review date gets no new listings.
    agreement_warnings: Vec<AgreementWarningOut>,
    /// Its version.
    etag: String,
}

fn show(tx: &mut Tx<'_>, marac: Marac) -> Result<Tagged<MaracOut>> {
    let settings = marac.settings()?;
    let agreement_warnings = agencies::agreement_warnings(tx, marac.id)?;
    let out = MaracOut {
        id: marac.id,
        code: marac.code,
        name: marac.name,
        local_authority_codes: marac.local_authority_codes,
        police_force_area: marac.police_force_area,
        adult_female_population: marac.adult_female_population,
        adult_female_population_year: marac.adult_female_population_year,
        time_zone: marac.time_zone,
        settings,
        agreement_warnings,
        etag: etag(marac.version),
    };
    Ok(Tagged::new(marac.version, out))
}

/// List the MARACs by name and code.
#[operation(get, "/maracs", tag = "maracs", act = ListMaracs, says = "A page of MARACs.")]
pub async fn list_maracs(
    db: Data<Db>,
    caller: Caller,
    query: Query<PageQuery>,
) -> Result<Page<MaracName>> {
    let (limit, after) = (query.0.limit(), query.0.after()?);
    let page = db
        .run(&caller, ACT.ask(), move |tx| {
            let page = Page::of(store::list(tx, after, limit + 1)?, limit, |row| row.id);
            let event = Event::list(page.len());
            Ok(Audited::new(page, event))
        })
        .await?
        .map(|row| MaracName {
            id: row.id,
            code: row.code,
            name: row.name,
        });
    Ok(page)
}

/// Found a MARAC.
#[operation(post, "/maracs", tag = "maracs", act = CreateMarac, says = "Founded.")]
pub async fn create_marac(
    db: Data<Db>,
    tools: Data<Tools>,
    caller: Caller,
    key: IdempotencyKey,
    Body(new): Body<NewMarac>,
) -> Result<Created<Tagged<MaracOut>>> {
    rules::tool_fits(None, &new.settings, &tools)?;
    db.run(&caller, ACT.ask(), move |tx| {
        let claimed = key.claim(tx, "create_marac", &new)?;
        if let Idempotency::Fresh(id) = claimed {
            create(tx, id, &new)?;
        }
        let id = claimed.id();
        let marac = find(tx, id)?;
        let event = Event::new().on("marac", id).in_marac(id);
        Ok(Audited::new(show(tx, marac)?, event))
    })
    .await
    .map(Created)
}

/// Read a MARAC: its settings with calendar and deadlines, and whose agreements want attention.
///
/// For administrators and for whoever holds a role in it.
#[operation(get, "/maracs/{id}", tag = "maracs", act = ReadMarac, says = "The MARAC.")]
pub async fn read_marac(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Tagged<MaracOut>> {
    db.run(&caller, ACT.on("marac", id), move |tx| {
        let marac = find(tx, id)?;
        policy::may_in(&tx.actor, ACT, id)?;
        Ok(Audited::new(show(tx, marac)?, Event::new().in_marac(id)))
    })
    .await
}

/// Change a MARAC's name, population or settings, as its coordinator or an administrator.
#[operation(patch, "/maracs/{id}", tag = "maracs", act = ChangeMarac, says = "As it is now.")]
pub async fn change_marac(
    db: Data<Db>,
    tools: Data<Tools>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    Body(change): Body<MaracChange>,
) -> Result<Tagged<MaracOut>> {
    let (id, tools) = (id.0, tools.clone());
    db.run(&caller, ACT.on("marac", id), move |tx| {
        let mut marac = store::find_locked(tx, id)?.ok_or_else(policy::hidden)?;
        policy::may_in(&tx.actor, ACT, id)?;
        if_match.check(marac.version)?;
        let before = marac.settings()?;
        let changes = apply(&mut marac, change)?;
        let after = marac.settings()?;
        rules::tool_fits(Some(&before), &after, &tools)?;
        if !changes.is_empty() {
            store::update(tx, &mut marac)?;
        }
        if after.threshold_tool != before.threshold_tool {
            store::recount_risk(tx, id)?;
        }
        let event = Event::new().in_marac(id).fields(changes);
        Ok(Audited::new(show(tx, marac)?, event))
    })
    .await
}

/// Takes the change over, and names what changed.
fn apply(marac: &mut Marac, change: MaracChange) -> Result<Changes> {
    let MaracChange {
        name,
        local_authority_codes,
        police_force_area,
        adult_female_population,
        adult_female_population_year,
        settings,
    } = change;
    let mut changes = Changes::default();
    changes.take("name", &mut marac.name, name);
    changes.take(
        "local_authority_codes",
        &mut marac.local_authority_codes,
        local_authority_codes,
    );
    changes.take(
        "police_force_area",
        &mut marac.police_force_area,
        police_force_area,
    );
    changes.take(
        "adult_female_population",
        &mut marac.adult_female_population,
        adult_female_population,
    );
    changes.take(
        "adult_female_population_year",
        &mut marac.adult_female_population_year,
        adult_female_population_year,
    );
    if let Change::Value(change) = settings {
        let mut settings = marac.settings()?;
        let wanted = rules::changed(&settings, change)?;
        changes.put("settings", &mut settings, wanted);
        marac.set_settings(&settings)?;
    }
    Ok(changes)
}
