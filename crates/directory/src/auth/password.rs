//! Passwords: argon2id on threads of its own, so many at a time and no more; unknown accounts take as
//! long as known ones. Strangers have a queue of their own: however many they are, whoever is known
//! does not wait for them, and nobody's queries do.

use std::borrow::Cow;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, OnceLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use icu_normalizer::ComposingNormalizerBorrowed;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::password_rules::{self, About};
use kernel::error::{Code, Error, Result};

/// Shortest password taken, in characters.
pub const MIN_LENGTH: usize = 15;
/// Longest, in characters.
pub const MAX_LENGTH: usize = 256;

/// Cost of one hash.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Cost {
    /// OWASP's first choice for argon2id.
    pub const STANDARD: Self = Self {
        memory: 19 * 1024,
        passes: 2,
    };
    /// For tests, which hash a great deal and protect nothing.
    pub const TEST: Self = Self {
        memory: 64,
        passes: 1,
    };
}

/// Who waits for a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Somebody who may be anybody.
    Strangers,
    /// Somebody signed in, or who comes from a network that the account knows, or holds a link.
    Known,
}

/// Hashes passwords, so many at a time.
#[derive(Clone)]
pub struct Passwords {
    cost: Cost,
    strangers: Arc<Lane>,
    known: Arc<Lane>,
    dummy: Arc<OnceLock<String>>,
}

impl Passwords {
    /// `at_once` bounds memory: so many hashes for strangers, and as many for those who are known.
    pub fn new(cost: Cost, at_once: usize) -> Self {
        Self {
            cost,
            strangers: Arc::new(Lane::of(at_once, 32)),
            known: Arc::new(Lane::of(at_once, 256)),
            dummy: Arc::default(),
        }
    }

    /// The hash to store of a new password, if it keeps the rules. `stored` is the one it replaces.
    pub async fn choose(
        &self,
        pointer: &'static str,
        password: Zeroizing<String>,
        about: About,
        stored: Option<String>,
    ) -> Result<String> {
        let this = self.clone();
        self.busy(Queue::Known, move || {
            password_rules::check(pointer, &password, &about)?;
            if this.matches(&password, stored)? {
                return Err(password_rules::same_as_before(pointer));
            }
            this.hash_blocking(&password)
        })
        .await
    }

    /// Whether the password matches. Without a stored hash the same work is done and the answer is no.
    pub async fn verify(
        &self,
        queue: Queue,
        password: Zeroizing<String>,
        stored: Option<String>,
    ) -> Result<bool> {
        let this = self.clone();
        self.busy(queue, move || this.matches(&password, stored))
            .await
    }

    fn matches(&self, password: &str, stored: Option<String>) -> Result<bool> {
        let known = stored.is_some();
        let hash = match stored {
            Some(hash) => hash,
            None => self.dummy()?,
        };
        let hash =
            PasswordHash::new(&hash).map_err(|_| Error::Internal("a stored hash is malformed"))?;
        let argon = self.argon()?;
        let is = |typed: &str| argon.verify_password(typed.as_bytes(), &hash).is_ok();
        let prepared = prepared(password);
        // One that was chosen before passwords were prepared was hashed as it was typed.
        let matches = is(&prepared) || (*prepared != *password && is(password));
        Ok(matches && known)
    }

    /// The hash to store, on the calling thread.
    pub fn hash_blocking(&self, password: &str) -> Result<String> {
        let salt: [u8; 16] = kernel::crypto::random()?;
        let hash = self
            .argon()?
            .hash_password_with_salt(prepared(password).as_bytes(), &salt);
        Ok(hash
            .map_err(|_| Error::Internal("a password could not be hashed"))?
            .to_string())
    }

    fn dummy(&self) -> Result<String> {
        if let Some(hash) = self.dummy.get() {
            return Ok(hash.clone());
        }
        let hash = self.hash_blocking(&kernel::crypto::secret()?)?;
        Ok(self.dummy.get_or_init(|| hash).clone())
    }

    fn argon(&self) -> Result<Argon2<'static>> {
        let params = Params::new(self.cost.memory, self.cost.passes, 1, None)
            .map_err(|_| Error::Internal("argon2 parameters"))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    async fn busy<T: Send + 'static>(
        &self,
        queue: Queue,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let lane = match queue {
            Queue::Strangers => &self.strangers,
            Queue::Known => &self.known,
        };
        lane.run(work).await
    }
}

/// A password as it is hashed: RFC 8265's OpaqueString. Spaces of every kind are one kind, and characters
/// that look the same are one character, whatever keyboard they were typed on.
pub fn prepared(password: &str) -> Zeroizing<String> {
    let spaces = |c: char| {
        if c.is_whitespace() && !c.is_control() {
            ' '
        } else {
            c
        }
    };
    let plain: Zeroizing<String> = Zeroizing::new(password.chars().map(spaces).collect());
    match ComposingNormalizerBorrowed::new_nfc().normalize(&plain) {
        Cow::Borrowed(_) => plain,
        Cow::Owned(text) => Zeroizing::new(text),
    }
}

type Job = Box<dyn FnOnce() + Send>;

/// Threads that work off a queue of bounded length. They start with the first job.
struct Lane {
    threads: usize,
    places: usize,
    queue: OnceLock<Option<SyncSender<Job>>>,
}

impl Lane {
    fn of(threads: usize, places: usize) -> Self {
        Self {
            threads: threads.max(1),
            places,
            queue: OnceLock::new(),
        }
    }

    /// Does the work once it is its turn; 503 at once if the queue is full.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let queue = self.queue.get_or_init(|| self.start());
        let queue = queue
            .as_ref()
            .ok_or(Error::Internal("no thread for passwords"))?;
        let (done, result) = oneshot::channel();
        // Whoever gave up waiting no longer listens.
        let job = move || drop(done.send(work()));
        queue.try_send(Box::new(job)).map_err(|error| match error {
            TrySendError::Full(_) => Error::from(Code::Unavailable),
            TrySendError::Disconnected(_) => Error::Internal("the threads for passwords ended"),
        })?;
        result
            .await
            .map_err(|_| Error::Internal("a thread for passwords was lost"))?
    }

    fn start(&self) -> Option<SyncSender<Job>> {
        let (queue, jobs) = sync_channel(self.places);
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..self.threads {
            let jobs = Arc::clone(&jobs);
            let thread = std::thread::Builder::new().name("passwords".into());
            thread.spawn(move || work_off(&jobs)).ok()?;
        }
        Some(queue)
    }
}

/// Until nobody can send a job any more.
fn work_off(jobs: &Mutex<Receiver<Job>>) {
    loop {
        let job = match jobs.lock() {
            Ok(jobs) => jobs.recv(),
            Err(_) => return,
        };
        match job {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn what_looks_the_same_is_the_same_password() {
        let typed = [
            "Zo\u{eb} \u{f1}u",
            "Zoe\u{308}\u{a0}n\u{303}u",
            "Zo\u{eb}\u{3000}\u{f1}u",
        ];
        assert!(
            typed
                .iter()
                .all(|one| *prepared(one) == *prepared(typed[0]))
        );
        // Nothing is folded: capitals and widths are the person's own.
        assert_ne!(*prepared("A"), *prepared("a"));
        assert_ne!(*prepared("\u{ff21}"), *prepared("A"));
    }

    #[test]
    fn one_that_was_hashed_as_it_was_typed_still_matches() {
        let passwords = Passwords::new(Cost::TEST, 1);
        let typed = "Zoe\u{308} in the old days";
        let salt = [7; 16];
        let old = passwords.argon().unwrap();
        let old = old.hash_password_with_salt(typed.as_bytes(), &salt);
        let old = old.unwrap().to_string();
        assert!(passwords.matches(typed, Some(old.clone())).unwrap());
        assert!(!passwords.matches("another", Some(old)).unwrap());
        assert!(!passwords.matches(typed, None).unwrap());
    }

    #[actix_web::test]
    async fn however_many_strangers_wait_whoever_is_known_does_not() {
        let passwords = Passwords::new(Cost::TEST, 1);
        let (go, wait) = channel::<()>();
        let slow = move || wait.recv().map_err(|_| Error::Internal("gone"));
        let first = passwords.strangers.run(slow);
        let mut waiting = vec![Box::pin(first) as futures_util::future::LocalBoxFuture<'_, _>];
        for _ in 0..64 {
            waiting.push(Box::pin(passwords.strangers.run(|| Ok(()))));
        }
        let strangers = futures_util::future::join_all(waiting);
        let known = async {
            let stored = passwords.hash_blocking("a password").unwrap();
            let typed = Zeroizing::new("a password".to_owned());
            let verified = passwords.verify(Queue::Known, typed, Some(stored)).await;
            go.send(()).unwrap();
            verified
        };
        let (answers, verified) = futures_util::future::join(strangers, known).await;
        assert!(verified.unwrap());
        let refused = answers.iter().filter_map(|answer| answer.as_ref().err());
        let refused: Vec<_> = refused.map(Error::code).collect();
        assert!((31..=33).contains(&refused.len()), "{}", refused.len());
        assert!(refused.iter().all(|code| *code == Code::Unavailable));
    }
}
