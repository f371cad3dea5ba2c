//! Listing cases, changing a head, closing.

use actix_web::web::Data;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::store::{self, CaseLine, Filter};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{Continued, Linked, Page, PageQuery, Query, etag, operation};
use practice::dates::AnyDay;
use practice::party::{Identity, PartyRole};
use practice::risk::CaseRisk;
use practice::vocabulary::CaseStatus;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_cases_route);
}

/// A name on a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NameOut {
    /// The party.
    pub party_id: Uuid,
    /// Family name.
    pub family_name: Option<String>,
    /// Given names.
    pub given_names: Option<String>,
    /// Nobody knows the name.
    pub name_unknown: bool,
    /// Aliases, former names and spellings.
    pub aliases: Vec<String>,
    /// Date of birth.
    pub date_of_birth: Option<NaiveDate>,
}

impl NameOut {
    fn of((party_id, _, identity): (Uuid, PartyRole, Identity)) -> Self {
        Self {
            party_id,
            family_name: identity.family_name.map(String::from),
            given_names: identity.given_names.map(String::from),
            name_unknown: identity.name_unknown,
            aliases: identity.aliases.into_iter().map(String::from).collect(),
            date_of_birth: identity.date_of_birth.map(Into::into),
        }
    }
}

/// A case on the list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CaseLineOut {
    /// Id.
    id: Uuid,
    /// Random code with a check character.
    code: String,
    /// Its MARAC.
    marac_id: Uuid,
    /// Life cycle.
    status: CaseStatus,
    /// The 12 months run from here (R14).
    last_referral_on: NaiveDate,
    /// When flags lapse (R14).
    lapses_on: Option<NaiveDate>,
    /// The risk that is known, in figures.
    #[serde(flatten)]
    risk: CaseRisk,
    /// Criteria met; a lower score takes none away (R4).
    criteria: Vec<String>,
    /// Children in the household.
    has_children: bool,
    /// Open to named people only.
    restricted: bool,
    /// Version.
    etag: String,
    /// The survivor.
    survivor: Option<NameOut>,
    /// Those causing harm.
    perpetrators: Vec<NameOut>,
}

impl CaseLineOut {
    fn of(tx: &Tx<'_>, line: CaseLine) -> Result<Self> {
        let (survivors, perpetrators): (Vec<_>, Vec<_>) = line
            .people(tx)?
            .into_iter()
            .partition(|(_, role, _)| *role == PartyRole::Survivor);
        Ok(Self {
            id: line.id,
            code: line.code,
            marac_id: line.marac_id,
            status: line.status,
            last_referral_on: line.last_referral_on,
            lapses_on: line.lapses_on,
            risk: line.risk,
            criteria: line.criteria,
            has_children: line.has_children,
            restricted: line.restricted,
            etag: etag(line.version),
            survivor: survivors.into_iter().next().map(NameOut::of),
            perpetrators: perpetrators.into_iter().map(NameOut::of).collect(),
        })
    }
}

/// A page of cases.
#[derive(Serialize, ToSchema)]
pub struct CasesOut {
    /// The cases.
    items: Vec<CaseLineOut>,
    /// Where the next page starts; null on the last.
    next_cursor: Option<String>,
    /// How many there are on all pages, if `count` was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<i64>,
}

impl Continued for CasesOut {
    fn next_cursor(&self) -> Option<&str> {
        self.next_cursor.as_deref()
    }
}

/// What to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CasesQuery {
    /// One MARAC.
    marac_id: Option<Uuid>,
    /// One status.
    #[param(inline)]
    status: Option<CaseStatus>,
    /// Flags that lapse before this day.
    lapsing_before: Option<AnyDay>,
    /// Give the `total` as well.
    count: Option<bool>,
    /// Rows per page, 1 to 200.
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<practice::text::Line<400>>,
}

/// The cases in sight, newest referral first.
#[operation(get, "/cases", tag = "cases", act = ListCases, says = "A page of cases.")]
pub async fn list_cases(
    db: Data<Db>,
    caller: Caller,
    Query(query): Query<CasesQuery>,
) -> Result<Linked<CasesOut>> {
    let page = PageQuery {
        limit: query.limit,
        cursor: query.cursor,
    };
    let after = page.after()?;
    let filter = Filter {
        marac_id: query.marac_id,
        status: query.status,
        lapsing_before: query.lapsing_before.map(Into::into),
    };
    let wanted = query.count.unwrap_or(false);
    db.run(&caller, ACT.ask(), move |tx| {
        let lines = store::page(tx, filter, after, page.limit())?;
        let page = Page::of(lines, page.limit(), |line| (line.last_referral_on, line.id));
        let total = wanted.then(|| store::count(tx, filter)).transpose()?;
        let items = page
            .items
            .into_iter()
            .map(|line| CaseLineOut::of(tx, line))
            .collect::<Result<Vec<_>>>()?;
        let event = Event::list(items.len());
        let body = CasesOut {
            items,
            next_cursor: page.next_cursor,
            total,
        };
        Ok(Audited::new(body, event))
    })
    .await
    .map(Linked)
}
