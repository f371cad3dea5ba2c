//! The file of heads outside the database, compared line by line with the heads in it.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use diesel::pg::PgConnection;

use super::heads::{self, Head};
use super::verify::{Broken, Found};
use crate::error::Result;

/// How long a head that was sealed a moment ago may take to reach the file.
const ON_ITS_WAY: Duration = Duration::from_secs(2);
/// Between two looks at it.
const PAUSE: Duration = Duration::from_millis(100);
/// Heads that may be on their way at once.
const MANY: usize = 100;

/// The file, at the line that comes next.
pub(super) struct Outside {
    path: PathBuf,
    reader: BufReader<File>,
    /// Whole lines read, and the bytes they take.
    read: (usize, u64),
    /// Heads for which the file has no line, or half a one at its end.
    lacking: Vec<Head>,
}

/// What stands at a place of the file.
enum HeadLine {
    Head(i64, String),
    /// A line without an end.
    CutOff,
    End,
}

impl Outside {
    /// Opens it.
    pub(super) fn open(path: &Path) -> std::result::Result<Self, Broken> {
        let file = File::open(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Broken::FileMissing,
            _ => Broken::FileUnreadable,
        })?;
        let about = file.metadata().map_err(|_| Broken::FileUnreadable)?;
        if about.is_file() && about.len() == 0 {
            return Err(Broken::FileEmpty);
        }
        Ok(Self {
            path: path.to_owned(),
            reader: BufReader::new(file),
            read: (0, 0),
            lacking: Vec::new(),
        })
    }

    fn line(&mut self) -> std::result::Result<HeadLine, Broken> {
        let mut line = String::new();
        let bytes = self.reader.read_line(&mut line);
        let bytes = bytes.map_err(|_| Broken::FileUnreadable)?;
        let (number, offset) = self.read;
        let Some(whole) = line.strip_suffix('\n') else {
            return Ok(if bytes == 0 {
                HeadLine::End
            } else {
                HeadLine::CutOff
            });
        };
        self.read = (number + 1, offset + bytes as u64);
        if number == 0 && whole.starts_with('#') {
            return self.line();
        }
        let fields: Vec<_> = whole.split(' ').collect();
        let seq = fields.first().and_then(|seq| seq.parse().ok());
        match seq.filter(|_| matches!(fields.len(), 3 | 5)) {
            Some(seq) => Ok(HeadLine::Head(seq, whole.to_owned())),
            None => Err(Broken::FileLine(number + 1)),
        }
    }

    /// Compares the next line with the next head.
    pub(super) fn next(&mut self, head: &Head) -> Found {
        if !self.lacking.is_empty() {
            return self.lacks(head);
        }
        match self.line()? {
            HeadLine::End | HeadLine::CutOff => self.lacks(head),
            HeadLine::Head(seq, _) if seq < head.last_seq => Err(Broken::FileOnly(seq)),
            HeadLine::Head(seq, _) if seq > head.last_seq => Err(Broken::FileLacks(head.last_seq)),
            HeadLine::Head(_, line) if head.is_line(&line) => Ok(()),
            HeadLine::Head(seq, _) => Err(Broken::Head(seq)),
        }
    }

    fn lacks(&mut self, head: &Head) -> Found {
        if self.lacking.len() == MANY {
            return Err(Broken::FileLacks(self.lacking[0].last_seq));
        }
        self.lacking.push(head.clone());
        Ok(())
    }

    /// What stands behind the last head. Heads that a service sealed meanwhile may still come.
    pub(super) fn end(mut self, conn: &mut PgConnection) -> Result<Found> {
        let deadline = Instant::now() + ON_ITS_WAY;
        while !self.lacking.is_empty() {
            let lacking = std::mem::take(&mut self.lacking);
            if let Err(fault) = self.again() {
                return Ok(Err(fault));
            }
            for head in &lacking {
                let found = self.next(head);
                if found.is_err() {
                    return Ok(found);
                }
            }
            let first = self.lacking.first().map(|head| head.last_seq);
            if let Some(seq) = first {
                if Instant::now() > deadline {
                    return Ok(Err(self.cut_off().unwrap_or(Broken::FileLacks(seq))));
                }
                std::thread::sleep(PAUSE);
            }
        }
        loop {
            match self.line() {
                Ok(HeadLine::Head(seq, line)) => {
                    // Sealed after the heads were read; else it was taken out of the database.
                    if !heads::at(conn, seq)?.is_some_and(|head| head.is_line(&line)) {
                        return Ok(Err(Broken::FileOnly(seq)));
                    }
                }
                Ok(HeadLine::End) => return Ok(Ok(())),
                Ok(HeadLine::CutOff) => return Ok(self.cut_off().map_or(Ok(()), Err)),
                Err(fault) => return Ok(Err(fault)),
            }
        }
    }

    /// Back to the end of what was read.
    fn again(&mut self) -> Found {
        let file = File::open(&self.path).map_err(|_| Broken::FileUnreadable)?;
        self.reader = BufReader::new(file);
        let to = SeekFrom::Start(self.read.1);
        self.reader
            .seek(to)
            .map(drop)
            .map_err(|_| Broken::FileUnreadable)
    }

    /// The line that has no end, if there is one.
    fn cut_off(&mut self) -> Option<Broken> {
        self.again().err().or_else(|| match self.line() {
            Ok(HeadLine::CutOff) => Some(Broken::FileLine(self.read.0 + 1)),
            Err(fault) => Some(fault),
            Ok(_) => None,
        })
    }
}
