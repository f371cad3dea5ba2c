//! Passwords: argon2id, off the worker threads, so many at a time and no more; unknown accounts take
//! as long as known ones.

use std::sync::{Arc, OnceLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// Shortest password taken, in characters.
pub const MIN_LENGTH: u64 = 15;

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

/// Hashes passwords, so many at a time.
#[derive(Clone)]
pub struct Passwords {
    cost: Cost,
    places: Arc<Semaphore>,
    dummy: Arc<OnceLock<String>>,
}

impl Passwords {
    /// `at_once` bounds memory and keeps the blocking threads free for queries.
    pub fn new(cost: Cost, at_once: usize) -> Self {
        Self {
            cost,
            places: Arc::new(Semaphore::new(at_once)),
            dummy: Arc::default(),
        }
    }

    /// The hash to store.
    pub async fn hash(&self, password: Zeroizing<String>) -> Result<String> {
        let this = self.clone();
        self.busy(move || this.hash_blocking(&password)).await
    }

    /// Whether the password matches. Without a stored hash the same work is done and the answer is no.
    pub async fn verify(
        &self,
        password: Zeroizing<String>,
        stored: Option<String>,
    ) -> Result<bool> {
        let this = self.clone();
        self.busy(move || {
            let known = stored.is_some();
            let hash = match stored {
                Some(hash) => hash,
                None => this.dummy()?,
            };
            let hash = PasswordHash::new(&hash)
                .map_err(|_| Error::Internal("a stored hash is malformed"))?;
            let matches = this
                .argon()?
                .verify_password(password.as_bytes(), &hash)
                .is_ok();
            Ok(matches && known)
        })
        .await
    }

    /// The hash to store, on the calling thread.
    pub fn hash_blocking(&self, password: &str) -> Result<String> {
        let salt: [u8; 16] = crate::crypto::random()?;
        let hash = self
            .argon()?
            .hash_password_with_salt(password.as_bytes(), &salt);
        Ok(hash
            .map_err(|_| Error::Internal("a password could not be hashed"))?
            .to_string())
    }

    fn dummy(&self) -> Result<String> {
        if let Some(hash) = self.dummy.get() {
            return Ok(hash.clone());
        }
        let hash = self.hash_blocking(&crate::crypto::secret()?)?;
        Ok(self.dummy.get_or_init(|| hash).clone())
    }

    fn argon(&self) -> Result<Argon2<'static>> {
        let params = Params::new(self.cost.memory, self.cost.passes, 1, None)
            .map_err(|_| Error::Internal("argon2 parameters"))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    async fn busy<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let _place = place.map_err(|_| Error::Internal("the hashing limit was closed"))?;
        actix_web::web::block(work)
            .await
            .map_err(|_| Error::Internal("a worker thread was lost"))?
    }
}
