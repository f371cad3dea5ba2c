//! MARACs: rows and queries.

use diesel::prelude::*;
use diesel::sql_types as st;
use serde_json::Value;
use uuid::Uuid;

use super::api::NewMarac;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use practice::marac::settings::MaracSettings;

/// A MARAC as it is stored.
#[derive(Debug, Clone, QueryableByName)]
pub struct Marac {
    /// Its id.
    #[diesel(sql_type = st::Uuid)]
    pub id: Uuid,
    /// The short code that begins its case codes.
    #[diesel(sql_type = st::Text)]
    pub code: String,
    /// Its name.
    #[diesel(sql_type = st::Text)]
    pub name: String,
    /// Codes of the local authorities it serves.
    #[diesel(sql_type = st::Array<st::Text>)]
    pub local_authority_codes: Vec<String>,
    /// The police force's area it lies in.
    #[diesel(sql_type = st::Nullable<st::Text>)]
    pub police_force_area: Option<String>,
    /// Adult women living there, for rates per 10,000.
    #[diesel(sql_type = st::Nullable<st::Integer>)]
    pub adult_female_population: Option<i32>,
    /// The year of that figure.
    #[diesel(sql_type = st::Nullable<st::Integer>)]
    pub adult_female_population_year: Option<i32>,
    /// Its time zone.
    #[diesel(sql_type = st::Text)]
    pub time_zone: String,
    /// Its settings as stored.
    #[diesel(sql_type = st::Jsonb)]
    stored: Value,
    /// Counts its changes.
    #[diesel(sql_type = st::Integer)]
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

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, code, name, local_authority_codes, police_force_area, \
             adult_female_population, adult_female_population_year, time_zone, \
             settings as stored, version from maracs ",
            $rest
        )
    };
}

pub fn find(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Marac>> {
    Ok(tx
        .sql(select!("where id = $1"))
        .bind(id)
        .get_result(tx.conn)
        .optional()?)
}

pub fn find_locked(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Marac>> {
    tx.sql(select!("where id = $1 for update"))
        .bind(id)
        .locking(tx)
}

pub fn find_alone(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Marac>> {
    tx.sql(select!("where id = $1 for no key update"))
        .bind(id)
        .locking(tx)
}

pub fn list(tx: &mut Tx<'_>, after: Option<Uuid>, rows: i64) -> Result<Vec<Marac>> {
    Ok(tx
        .sql(select!(
            "where ($1 is null or id > $1) order by id limit $2"
        ))
        .bind(after)
        .bind(rows)
        .get_results(tx.conn)?)
}

pub fn create(tx: &mut Tx<'_>, id: Uuid, new: &NewMarac) -> Result<()> {
    tx.sql(
        "insert into maracs (id, code, name, local_authority_codes, police_force_area, \
         adult_female_population, adult_female_population_year, settings, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id)
    .bind(new.code.clone())
    .bind(new.name.clone())
    .bind(new.local_authority_codes.clone())
    .bind(new.police_force_area.clone())
    .bind(new.adult_female_population)
    .bind(new.adult_female_population_year)
    .bind(json(&new.settings)?)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

/// Writes what may change of a MARAC, and counts its version up.
pub fn update(tx: &mut Tx<'_>, marac: &mut Marac) -> Result<()> {
    tx.sql(
        "update maracs set name = $2, local_authority_codes = $3, police_force_area = $4, \
         adult_female_population = $5, adult_female_population_year = $6, settings = $7, \
         version = version + 1 where id = $1",
    )
    .bind(marac.id)
    .bind(marac.name.clone())
    .bind(marac.local_authority_codes.clone())
    .bind(marac.police_force_area.clone())
    .bind(marac.adult_female_population)
    .bind(marac.adult_female_population_year)
    .bind(marac.stored.clone())
    .execute(tx.conn)?;
    marac.version += 1;
    Ok(())
}

/// The risk figures of every case of a MARAC are due.
pub fn recount_risk(tx: &mut Tx<'_>, marac_id: Uuid) -> Result<()> {
    tx.sql("select recount_risk($1)")
        .bind(marac_id)
        .execute(tx.conn)?;
    Ok(())
}
