//! MARACs: rows and queries.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::api::NewMarac;
use kernel::db::{Locking, Tx};
use kernel::error::{Error, Result};
use kernel::schema::maracs;
use kernel::sql::{Whole, statement};
use practice::marac::settings::MaracSettings;
use practice::text::Line;

/// A MARAC as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = maracs, check_for_backend(Pg))]
pub struct Marac {
    /// Its id.
    pub id: Uuid,
    /// The short code that begins its case codes.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Codes of the local authorities it serves.
    #[diesel(deserialize_as = Whole<String>)]
    pub local_authority_codes: Vec<String>,
    /// The police force's area it lies in.
    pub police_force_area: Option<String>,
    /// Adult women living there, for rates per 10,000.
    pub adult_female_population: Option<i32>,
    /// The year of that figure.
    pub adult_female_population_year: Option<i32>,
    /// Its time zone.
    pub time_zone: String,
    /// Its settings as stored.
    #[diesel(column_name = settings)]
    stored: Value,
    /// Counts its changes.
    pub version: i32,
}

impl Marac {
    /// Its settings.
    pub fn settings(&self) -> Result<MaracSettings> {
        read_settings(self.stored.clone())
    }

    /// The same MARAC with other settings.
    pub(super) fn set_settings(&mut self, settings: &MaracSettings) -> Result<()> {
        self.stored = json(settings)?;
        Ok(())
    }
}

pub fn read_settings(stored: Value) -> Result<MaracSettings> {
    MaracSettings::from_stored(stored).map_err(|_| Error::Internal("stored settings do not load"))
}

fn json(settings: &MaracSettings) -> Result<Value> {
    serde_json::to_value(settings).map_err(|_| Error::Internal("settings did not serialise"))
}

pub fn find(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Marac>> {
    Ok(maracs::table
        .find(id)
        .select(Marac::as_select())
        .get_result(tx.conn)
        .optional()?)
}

pub fn find_locked(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Marac>> {
    maracs::table
        .find(id)
        .select(Marac::as_select())
        .for_update()
        .locking(tx)
}

pub fn find_alone(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Marac>> {
    maracs::table
        .find(id)
        .select(Marac::as_select())
        .for_no_key_update()
        .locking(tx)
}

pub fn list(tx: &mut Tx<'_>, after: Option<Uuid>, rows: i64) -> Result<Vec<Marac>> {
    let mut found = maracs::table
        .select(Marac::as_select())
        .order(maracs::id)
        .limit(rows)
        .into_boxed();
    if let Some(after) = after {
        found = found.filter(maracs::id.gt(after));
    }
    Ok(found.get_results(tx.conn)?)
}

/// What may change of a MARAC.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = maracs, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Changeable<'a> {
    name: &'a str,
    local_authority_codes: Whole<&'a str>,
    police_force_area: Option<&'a str>,
    adult_female_population: Option<i32>,
    adult_female_population_year: Option<i32>,
    settings: Value,
}

#[derive(Insertable)]
#[diesel(table_name = maracs)]
struct MaracRow<'a> {
    id: Uuid,
    code: &'a str,
    created_at: DateTime<Utc>,
    #[diesel(embed)]
    rest: Changeable<'a>,
}

pub fn create(tx: &mut Tx<'_>, id: Uuid, new: &NewMarac) -> Result<()> {
    let codes = new.local_authority_codes.iter();
    let row = MaracRow {
        id,
        code: &new.code,
        created_at: tx.now,
        rest: Changeable {
            name: &new.name,
            local_authority_codes: Whole(codes.map(Line::as_str).collect()),
            police_force_area: new.police_force_area.as_deref(),
            adult_female_population: new.adult_female_population,
            adult_female_population_year: new.adult_female_population_year,
            settings: json(&new.settings)?,
        },
    };
    diesel::insert_into(maracs::table)
        .values(row)
        .execute(tx.conn)?;
    Ok(())
}

/// Writes what may change of a MARAC, and counts its version up.
pub fn update(tx: &mut Tx<'_>, marac: &mut Marac) -> Result<()> {
    let codes = marac.local_authority_codes.iter();
    let change = Changeable {
        name: &marac.name,
        local_authority_codes: Whole(codes.map(String::as_str).collect()),
        police_force_area: marac.police_force_area.as_deref(),
        adult_female_population: marac.adult_female_population,
        adult_female_population_year: marac.adult_female_population_year,
        settings: marac.stored.clone(),
    };
    diesel::update(maracs::table.find(marac.id))
        .set((change, maracs::version.eq(maracs::version + 1)))
        .execute(tx.conn)?;
    marac.version += 1;
    Ok(())
}

/// The risk figures of every case of a MARAC are due.
pub fn recount_risk(tx: &mut Tx<'_>, marac_id: Uuid) -> Result<()> {
    tx.sql(statement!("recount_risk"))
        .bind(marac_id)
        .execute(tx.conn)?;
    Ok(())
}
