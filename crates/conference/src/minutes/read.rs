//! Putting minutes together for one reader: from the parts in their sight, numbered afresh.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::key_store;
use super::model::{Kept, MinutesCorrection, MinutesFrame, MinutesPart, frame_of, part_of};
use super::store::{self, PartRow, VersionRow};
use crate::meetings::Meeting;
use kernel::crypto::{DataKey, SealPlace};
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::policy::lens::{Basis, FieldGroup, Lens};
use kernel::visibility::lens_of;

/// What a reader has of the minutes of a meeting.
pub struct Seen {
    /// The versions that changed something in their sight, oldest first.
    pub versions: Vec<VersionRow>,
    /// The parts they may read.
    parts: Vec<(PartRow, Lens)>,
}

/// A part as its reader gets it.
pub struct SeenPart {
    /// Its id.
    pub id: Uuid,
    /// It was written in this version, not in one before.
    pub own: bool,
    /// The case.
    pub case_id: Uuid,
    /// Its code.
    pub code: String,
    /// Where it stood on the agenda.
    pub position: i32,
    /// What it says.
    pub part: MinutesPart,
    /// What this version corrected in it.
    pub corrections: Vec<MinutesCorrection>,
    /// Groups of fields this reader does not get.
    pub withheld: Vec<FieldGroup>,
}

/// A version as its reader gets it.
pub struct Edition {
    /// The version.
    pub row: VersionRow,
    /// Its number for this reader.
    pub number: usize,
    /// The frame.
    pub frame: MinutesFrame,
    /// What this version corrected in the frame.
    pub corrections: Vec<MinutesCorrection>,
    /// The cases, in the order of the agenda.
    pub parts: Vec<SeenPart>,
}

/// What the caller has of the minutes of a meeting. What is in hand is for coordinator and chair.
pub fn seen(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<Seen> {
    let staff = tx.actor.is_staff(meeting.marac_id);
    let versions = store::versions(tx, meeting.id, staff)?;
    let mut parts = Vec::new();
    for row in store::parts(tx, meeting.id, staff)? {
        let lens = lens_of(tx, meeting.marac_id, &row.bases, &row.full_at);
        if gets(&row, lens) {
            parts.push((row, lens));
        }
    }
    let told = |version: &VersionRow| {
        version.frame.is_some() || parts.iter().any(|(part, _)| part.version_id == version.id)
    };
    let versions = versions.into_iter().filter(told).collect();
    Ok(Seen { versions, parts })
}

/// Whether a reader gets the part of a case. What was said is for those whose lens holds the minutes;
/// and for an agency that the case was listed to, if it came to the meeting or sent apologies (domain 6.2),
/// there for those who have accepted the meeting's statement, as what is said at it (R19).
fn gets(part: &PartRow, lens: Lens) -> bool {
    lens.shows(FieldGroup::Minutes) || (part.attended && part.bases.contains(&Basis::Listing))
}

impl Seen {
    /// The latest version.
    pub fn latest(&self) -> Option<&VersionRow> {
        self.versions.last()
    }

    /// A version put together: its own frame and parts, and where it has none, those before.
    pub fn edition(&self, tx: &mut Tx<'_>, meeting: &Meeting, id: Uuid) -> Result<Option<Edition>> {
        let Some(index) = self.versions.iter().position(|row| row.id == id) else {
            return Ok(None);
        };
        let upto = self.versions.get(..=index).unwrap_or_default();
        let Some(row) = upto.last().cloned() else {
            return Ok(None);
        };
        let (_, frame, corrections) = frame(tx, meeting, upto)?;
        let mut latest: BTreeMap<Uuid, &(PartRow, Lens)> = BTreeMap::new();
        for part in self
            .parts
            .iter()
            .filter(|(part, _)| part.number <= row.number)
        {
            latest.insert(part.0.case_id, part);
        }
        let mut parts = latest
            .into_values()
            .map(|(part, lens)| opened(tx, part, *lens, row.id))
            .collect::<Result<Vec<_>>>()?;
        parts.sort_by(|a, b| (a.position, &a.code).cmp(&(b.position, &b.code)));
        Ok(Some(Edition {
            number: index + 1,
            row,
            frame,
            corrections,
            parts,
        }))
    }

    /// What a version corrected, of what the reader sees; with the case, if it was of one.
    pub fn corrections(
        &self,
        tx: &mut Tx<'_>,
        meeting: &Meeting,
        version: &VersionRow,
    ) -> Result<Vec<(Option<Uuid>, MinutesCorrection)>> {
        let mut found = Vec::new();
        if version.frame.is_some() {
            let (_, _, corrections) = frame(tx, meeting, std::slice::from_ref(version))?;
            found.extend(corrections.into_iter().map(|one| (None, one)));
        }
        for (part, lens) in &self.parts {
            if part.version_id == version.id {
                let seen = opened(tx, part, *lens, version.id)?;
                let of_case = |one| (Some(part.case_id), one);
                found.extend(seen.corrections.into_iter().map(of_case));
            }
        }
        Ok(found)
    }
}

/// Content that a correction begins from, and whether it is already one in hand.
pub struct Base<T> {
    /// The content, with what was corrected in the version in hand.
    pub kept: Kept<T>,
    /// Where it was read.
    pub place: SealPlace,
    /// Its key.
    pub key: DataKey,
    /// Where the case stood on the agenda.
    pub position: i32,
}

impl Seen {
    /// The frame as it now is, for a correction within the version `hand`, if there is one.
    pub fn base_frame(
        &self,
        tx: &mut Tx<'_>,
        meeting: &Meeting,
        hand: Option<Uuid>,
    ) -> Result<Base<MinutesFrame>> {
        let own = self
            .latest()
            .filter(|row| Some(row.id) == hand && row.frame.is_some());
        let (place, content, corrections) = frame(tx, meeting, &self.versions)?;
        let corrections = if own.is_some() {
            corrections
        } else {
            Vec::new()
        };
        Ok(Base {
            kept: Kept {
                content,
                corrections,
            },
            place,
            key: key_store::key(tx, meeting)?,
            position: 0,
        })
    }

    /// The same for the part of a case.
    pub fn base_part(
        &self,
        tx: &Tx<'_>,
        case_id: Uuid,
        hand: Option<Uuid>,
    ) -> Result<Option<Base<MinutesPart>>> {
        let mut parts = self.parts.iter().rev();
        let Some((row, _)) = parts.find(|(row, _)| row.case_id == case_id) else {
            return Ok(None);
        };
        let key = tx
            .keys
            .unwrap(row.case_id, &row.master_key_id, row.wrapped.as_deref())?;
        let mut kept: Kept<MinutesPart> = key.open_json(part_of(row.id), &row.sealed)?;
        if hand != Some(row.version_id) {
            kept.corrections.clear();
        }
        Ok(Some(Base {
            kept,
            place: part_of(row.id),
            key,
            position: row.position,
        }))
    }
}

/// The latest frame among these versions, and where it is sealed.
fn frame(
    tx: &mut Tx<'_>,
    meeting: &Meeting,
    versions: &[VersionRow],
) -> Result<(SealPlace, MinutesFrame, Vec<MinutesCorrection>)> {
    let key = key_store::key(tx, meeting)?;
    let told = versions.iter().rev().find_map(|row| {
        let sealed = row.frame.as_ref()?;
        Some((row.id, sealed))
    });
    let (id, sealed) = told.ok_or(Error::Internal("minutes have no frame"))?;
    let kept: Kept<MinutesFrame> = key.open_json(frame_of(id), sealed)?;
    let own = versions.last().is_some_and(|row| row.id == id);
    let corrections = if own { kept.corrections } else { Vec::new() };
    Ok((frame_of(id), kept.content, corrections))
}

fn opened(tx: &Tx<'_>, row: &PartRow, lens: Lens, version_id: Uuid) -> Result<SeenPart> {
    let key = tx
        .keys
        .unwrap(row.case_id, &row.master_key_id, row.wrapped.as_deref())?;
    let kept: Kept<MinutesPart> = key.open_json(part_of(row.id), &row.sealed)?;
    let own = row.version_id == version_id;
    let mut withheld = lens.withheld();
    withheld.retain(|group| *group != FieldGroup::Minutes);
    Ok(SeenPart {
        id: row.id,
        own,
        case_id: row.case_id,
        code: row.code.clone(),
        position: row.position,
        part: kept.content.through(lens),
        corrections: if own { kept.corrections } else { Vec::new() },
        withheld,
    })
}
