//! The MARACs and agencies that a register speaks of; those that are not there are made.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::mapping::Mapping;
use super::report::{AgencyReport, AreaReport};
use super::rows::Source;
use super::store::{self, Member};
use directory::agencies::{self, Agreement, NewAgency};
use directory::maracs::{self, NewMarac};
use kernel::db::Tx;
use kernel::error::{Error, Result};
use practice::marac::settings::MaracSettings;
use practice::text::Line;
use practice::vocabulary::AgencyKind;

/// A MARAC.
pub struct TargetMarac {
    /// Its id.
    pub id: Uuid,
    /// Its code.
    pub code: String,
    /// Its settings.
    pub settings: MaracSettings,
    /// Its time zone.
    pub time_zone: String,
    members: Vec<Member>,
}

/// Those of the register.
#[derive(Default)]
pub struct Places {
    by_area: HashMap<String, Uuid>,
    maracs: HashMap<Uuid, TargetMarac>,
    areas: BTreeMap<String, AreaReport>,
    agencies_made: Vec<AgencyReport>,
}

impl Places {
    /// Finds or makes the MARACs of these areas, in each transaction anew.
    pub fn load(&mut self, tx: &mut Tx<'_>, mapping: &Mapping, areas: &[String]) -> Result<()> {
        self.by_area.clear();
        self.maracs.clear();
        for area in areas {
            let target = mapping.of(area).ok_or(Error::Internal(
                "an area without a MARAC came through the check",
            ))?;
            let found = store::marac(tx, &target.code)?;
            let id = match found {
                Some(id) => id,
                None => make_marac(tx, &target.code, target.name)?,
            };
            self.areas.entry(area.clone()).or_insert(AreaReport {
                area: area.clone(),
                marac: target.code,
                made: found.is_none(),
            });
            self.by_area.insert(area.clone(), id);
            if let Entry::Vacant(vacant) = self.maracs.entry(id) {
                let marac = maracs::find(tx, id)?;
                vacant.insert(TargetMarac {
                    id,
                    settings: marac.settings()?,
                    code: marac.code,
                    time_zone: marac.time_zone,
                    members: store::members(tx, id)?,
                });
            }
        }
        Ok(())
    }

    /// The ids of the MARACs.
    pub fn ids(&self) -> Vec<Uuid> {
        self.maracs.keys().copied().collect()
    }

    /// The MARAC of an area.
    pub fn of(&self, area: &str) -> Result<&TargetMarac> {
        let place = self.by_area.get(area).and_then(|id| self.maracs.get(id));
        place.ok_or(Error::Internal("an area was not loaded"))
    }

    /// The agency that referred: by name and kind, or the area's of the kind.
    pub fn referrer(&mut self, tx: &mut Tx<'_>, area: &str, source: &Source) -> Result<Uuid> {
        let Some(name) = &source.name else {
            return Ok(self.of_kind(tx, area, source.kind)?.0);
        };
        let lower = name.to_lowercase();
        let place = self.of(area)?;
        let same = |member: &&Member| {
            member.kind == source.kind && member.name.trim().to_lowercase() == lower
        };
        match place.members.iter().find(same) {
            Some(member) => Ok(member.agency_id),
            None => self.make_agency(tx, area, source.kind, name.clone()),
        }
    }

    /// The area's agency of a kind, and whether there are several to choose from.
    pub fn of_kind(
        &mut self,
        tx: &mut Tx<'_>,
        area: &str,
        kind: AgencyKind,
    ) -> Result<(Uuid, bool)> {
        let place = self.of(area)?;
        let mut found = place.members.iter().filter(|member| member.kind == kind);
        if let Some(first) = found.next() {
            let several = found.any(|other| other.live == first.live);
            return Ok((first.agency_id, several));
        }
        let name = format!("{} ({})", kind_name(kind), place.code);
        Ok((self.make_agency(tx, area, kind, name)?, false))
    }

    fn make_agency(
        &mut self,
        tx: &mut Tx<'_>,
        area: &str,
        kind: AgencyKind,
        name: String,
    ) -> Result<Uuid> {
        let agency_id = Uuid::now_v7();
        let marac = self.of(area)?;
        let (marac_id, code) = (marac.id, marac.code.clone());
        let new = NewAgency {
            name: Line::as_stored(&name),
            kind,
        };
        agencies::create(tx, agency_id, &new)?;
        agencies::join(tx, marac_id, agency_id, &Agreement::default())?;
        self.agencies_made.push(AgencyReport {
            marac: code,
            kind,
            name: name.clone(),
        });
        if let Some(place) = self.maracs.get_mut(&marac_id) {
            place.members.push(Member {
                agency_id,
                name,
                kind,
                live: true,
            });
        }
        Ok(agency_id)
    }

    /// What there is to say of them.
    pub fn into_report(mut self) -> (Vec<AreaReport>, Vec<AgencyReport>) {
        self.agencies_made.sort();
        (self.areas.into_values().collect(), self.agencies_made)
    }
}

fn make_marac(tx: &mut Tx<'_>, code: &str, name: String) -> Result<Uuid> {
    let id = Uuid::now_v7();
    let new = NewMarac {
        code: Line::as_stored(code),
        name: Line::as_stored(name),
        local_authority_codes: Vec::new(),
        police_force_area: None,
        adult_female_population: None,
        adult_female_population_year: None,
        settings: MaracSettings::default(),
    };
    maracs::create(tx, id, &new)?;
    tx.see_new_maracs()?;
    Ok(id)
}

/// What an agency is called of which only the kind is known.
fn kind_name(kind: AgencyKind) -> String {
    match kind {
        AgencyKind::Idva => "IDVA service".to_owned(),
        AgencyKind::Mash => "MASH".to_owned(),
        kind => {
            let words = kind.as_str().replace('_', " ");
            let mut letters = words.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(letters).collect()
        }
    }
}
