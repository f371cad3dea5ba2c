//! Rows that referrals are counted by: one for each that was sent in.

use chrono::NaiveDate;
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::upsert::excluded;
use uuid::Uuid;

use super::written::Written;
use kernel::schema::{agencies, referral_counts};
use kernel::visibility::VisibleCase;
use practice::party::{Ethnicity, Gender};
use practice::risk::age_on;
use practice::vocabulary::YesNoUnknown;

/// Two writes in one statement: a referral that is sent in and what is counted of it take one journey.
pub(super) struct Both<First, Second> {
    pub(super) first: First,
    pub(super) second: Second,
}

impl<First: QueryFragment<Pg>, Second: QueryFragment<Pg>> QueryFragment<Pg>
    for Both<First, Second>
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("with first as (");
        self.first.walk_ast(out.reborrow())?;
        out.push_sql(") ");
        self.second.walk_ast(out)
    }
}

impl<First, Second> QueryId for Both<First, Second> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<First, Second> RunQueryDsl<PgConnection> for Both<First, Second> {}

/// The counting row, as at the referral date; names nobody (design section 3).
#[derive(Insertable)]
#[diesel(table_name = referral_counts, treat_none_as_default_value = false)]
pub(super) struct Counted {
    referral_id: Uuid,
    marac_id: Uuid,
    case_id: Uuid,
    referred_on: NaiveDate,
    gender: Gender,
    ethnicity: Ethnicity,
    lgbt: YesNoUnknown,
    disabled: YesNoUnknown,
    age: Option<i16>,
    perpetrator_under_18: YesNoUnknown,
    children: i16,
}

impl Counted {
    pub(super) fn of(case: &VisibleCase, id: Uuid, written: &Written<'_>) -> Self {
        let survivor = written.document.survivor.as_ref();
        let traits = survivor
            .map(|s| s.characteristics.clone())
            .unwrap_or_default();
        let born = survivor.and_then(|s| s.identity.date_of_birth);
        let age = born.and_then(|born| age_on(born.day(), written.referred_on));
        Self {
            referral_id: id,
            marac_id: case.marac_id,
            case_id: case.id,
            referred_on: written.referred_on,
            gender: survivor.map(|s| s.identity.gender).unwrap_or_default(),
            ethnicity: traits.ethnicity,
            lgbt: traits.lgbt,
            disabled: traits.disabled,
            age: age.and_then(|age| i16::try_from(age).ok()),
            perpetrator_under_18: perpetrator_under_18(written),
            children: i16::try_from(written.document.children.len()).unwrap_or(i16::MAX),
        }
    }

    /// Counts it, with the kinds of the agencies that refer; anew, unless what it stands in has been filed.
    pub(super) fn count(
        self,
        agency_id: Uuid,
        co_agency_id: Option<Uuid>,
    ) -> impl QueryFragment<Pg> + QueryId + RunQueryDsl<PgConnection> {
        use referral_counts::dsl;
        let kind = agencies::table.select(agencies::kind);
        let source = kind.filter(agencies::id.eq(agency_id)).single_value();
        let co_source = kind
            .filter(agencies::id.nullable().eq(co_agency_id))
            .single_value();
        let anew = diesel::insert_into(dsl::referral_counts)
            .values((
                self,
                dsl::source.eq(source.assume_not_null()),
                dsl::co_source.eq(co_source),
            ))
            .on_conflict(dsl::referral_id)
            .do_update()
            .set((
                dsl::referred_on.eq(excluded(dsl::referred_on)),
                dsl::source.eq(excluded(dsl::source)),
                dsl::co_source.eq(excluded(dsl::co_source)),
                dsl::gender.eq(excluded(dsl::gender)),
                dsl::ethnicity.eq(excluded(dsl::ethnicity)),
                dsl::lgbt.eq(excluded(dsl::lgbt)),
                dsl::disabled.eq(excluded(dsl::disabled)),
                dsl::age.eq(excluded(dsl::age)),
                dsl::perpetrator_under_18.eq(excluded(dsl::perpetrator_under_18)),
                dsl::children.eq(excluded(dsl::children)),
            ));
        diesel::query_dsl::methods::FilterDsl::filter(anew, dsl::filed_at.is_null())
    }
}

/// Yes if any is known to be; no if all are known not to be.
fn perpetrator_under_18(written: &Written<'_>) -> YesNoUnknown {
    let ages: Vec<Option<u32>> = written
        .document
        .perpetrators
        .iter()
        .map(|p| {
            p.identity
                .date_of_birth
                .and_then(|born| age_on(born.day(), written.referred_on))
        })
        .collect();
    if ages.iter().flatten().any(|age| *age < 18) {
        YesNoUnknown::Yes
    } else if ages.iter().all(Option::is_some) && !ages.is_empty() {
        YesNoUnknown::No
    } else {
        YesNoUnknown::Unknown
    }
}
