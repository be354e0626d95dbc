//! Media that a channel's plugin publishes, as files of a folder.
//!
//! A file's name is the last part of its URL, and tells when it expires: there is nothing else to
//! keep, and nothing that could differ from it.

mod files;
mod kind;
pub(crate) mod name;
mod reservation;
pub(crate) mod sweep;
mod upload;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use botbox_clock::Clock;
use botbox_runtime::{ServiceError, Upload};
use tempfile::Builder;
use tokio::sync::Semaphore;

use super::failure::unavailable;
use files::{UNFINISHED, blocking, prepare, remove};
use kind::Kind;
use name::Name;
use reservation::Reservation;
use upload::MediaUpload;

/// How long a URL answers when nothing is said: 7 days. Users scroll back that far.
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3_600);

/// The longest that a URL answers: 30 days. What is to stay belongs on a server of its own.
const LIFETIME_MAX: Duration = Duration::from_secs(30 * 24 * 3_600);

/// Why a channel's folder of media can't be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot use the folder {} for media", .folder.display())]
pub(crate) struct MediaError {
    folder: PathBuf,
    #[source]
    source: io::Error,
}

/// The media of one channel.
pub(crate) struct Media {
    folder: PathBuf,
    /// The media's URLs without their names, which follow after a slash.
    url: String,
    /// The most bytes of all files.
    limit: AtomicU64,
    used: Arc<AtomicU64>,
    /// One permit for each medium that may be fetched at a time.
    pub(crate) downloads: Arc<Semaphore>,
    clock: Clock,
}

/// The most media of one channel that are fetched at a time: a quarter of those of the host, so that
/// one channel's film does not keep the others'.
const DOWNLOADS: usize = 64;

impl Media {
    /// Uses a folder, which is made with access for its owner only, and removes unfinished files.
    /// Reads and writes files: not for a thread that serves requests.
    pub(crate) fn open(folder: PathBuf, url: String, clock: Clock) -> Result<Self, MediaError> {
        let used = prepare(&folder).map_err(|source| {
            let folder = folder.clone();
            MediaError { folder, source }
        })?;
        Ok(Self {
            folder,
            url,
            limit: AtomicU64::new(0),
            used: Arc::new(used.into()),
            downloads: Arc::new(Semaphore::new(DOWNLOADS)),
            clock,
        })
    }

    /// Sets the most bytes that all files may have. Until then they may have none.
    pub(crate) fn set_limit(&self, bytes: u64) {
        self.limit.store(bytes, Ordering::Relaxed);
    }

    /// Begins a medium of a media type.
    pub(crate) async fn start(
        &self,
        content_type: &str,
        lifetime: Option<Duration>,
    ) -> Result<Box<dyn Upload>, ServiceError> {
        let kind = Kind::of(content_type).ok_or_else(|| {
            let known = Kind::ALL.map(Kind::content_type).join(", ");
            ServiceError::Invalid(format!(
                "content-type is not valid: media are of the types {known}"
            ))
        })?;
        let lifetime = lifetime.unwrap_or(LIFETIME);
        if lifetime.is_zero() || lifetime > LIFETIME_MAX {
            return Err(ServiceError::Invalid(format!(
                "lifetime-seconds is {}; give 1 to {}, which is 30 days",
                lifetime.as_secs(),
                LIFETIME_MAX.as_secs()
            )));
        }
        let name = Name::new(self.clock.now(), lifetime, kind).map_err(unavailable)?;
        let reservation =
            Reservation::new(Arc::clone(&self.used), self.limit.load(Ordering::Relaxed))?;
        let folder = self.folder.clone();
        // For its owner's eyes only, as `tempfile` makes files.
        let file = move || Builder::new().prefix(UNFINISHED).tempfile_in(folder);
        let file = blocking(file).await.map_err(unavailable)?;
        let url = format!("{}/{name}", self.url);
        let path = self.folder.join(name.to_string());
        Ok(Box::new(MediaUpload::new(
            file,
            path,
            url,
            kind,
            reservation,
        )))
    }

    /// Takes a medium of this channel back.
    pub(crate) async fn delete(&self, url: &str) -> Result<bool, ServiceError> {
        let name = url.strip_prefix(&self.url);
        let name: Option<Name> = name.and_then(|it| it.strip_prefix('/')?.parse().ok());
        let Some(name) = name.filter(|it| !self.time_left(it).is_zero()) else {
            return Ok(false);
        };
        let (path, used) = (self.path(&name), Arc::clone(&self.used));
        let removed = blocking(move || remove(&path, &used)).await;
        removed.map_err(unavailable)
    }

    /// How long a medium is to be had yet: not at all when it has expired.
    pub(crate) fn time_left(&self, name: &Name) -> Duration {
        name.time_left(self.clock.now())
    }

    /// The place of a medium's file, if there should be one.
    pub(crate) fn path(&self, name: &Name) -> PathBuf {
        self.folder.join(name.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::files::BLOCK;
    use super::*;

    const PNG: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

    async fn publish(media: &Media, bytes: &[u8], lifetime: u64) -> Result<String, ServiceError> {
        let lifetime = Some(Duration::from_secs(lifetime));
        let mut upload = media.start("image/png", lifetime).await?;
        upload.write(bytes).await?;
        upload.finish().await
    }

    fn open(folder: &Path, limit: u64) -> Media {
        open_with(folder, limit, Clock::system())
    }

    fn open_with(folder: &Path, limit: u64, clock: Clock) -> Media {
        let url = String::from("https://bots.example/media/bot");
        let media = Media::open(folder.join("bot"), url, clock).unwrap();
        media.set_limit(limit);
        media
    }

    fn files(folder: &Path) -> usize {
        fs::read_dir(folder.join("bot")).unwrap().count()
    }

    #[tokio::test]
    async fn a_channel_has_no_more_than_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let media = open(folder.path(), 2 * BLOCK);
        let first = publish(&media, &PNG, 9).await.unwrap();
        publish(&media, &PNG, 9).await.unwrap();
        let full = publish(&media, &PNG, 9).await;
        assert!(matches!(full, Err(ServiceError::LimitReached(_))));

        // What is there counts after a start, too.
        let media = open(folder.path(), 2 * BLOCK);
        assert!(publish(&media, &PNG, 9).await.is_err());
        assert!(media.delete(&first).await.unwrap());
        assert!(!media.delete(&first).await.unwrap());
        publish(&media, &PNG, 9).await.unwrap();

        let bytes = [&PNG[..], &[0; BLOCK as usize]].concat();
        assert!(publish(&media, &bytes, 9).await.is_err(), "one grows");
        assert_eq!(files(folder.path()), 2);
    }

    #[tokio::test]
    async fn what_expired_is_removed_and_makes_room() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::movable();
        let media = open_with(folder.path(), 2 * BLOCK, clock.clone());
        publish(&media, &PNG, 60).await.unwrap();
        let lasting = publish(&media, &PNG, 600).await.unwrap();
        media.remove_expired().unwrap();
        assert_eq!(files(folder.path()), 2);
        clock.advance(Duration::from_secs(61));
        media.remove_expired().unwrap();
        assert_eq!(files(folder.path()), 1);
        publish(&media, &PNG, 60).await.unwrap();
        clock.advance(Duration::from_secs(601));
        assert!(!media.delete(&lasting).await.unwrap());
    }

    #[tokio::test]
    async fn what_is_unfinished_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let media = open(folder.path(), BLOCK);
        let mut upload = media.start("image/png", None).await.unwrap();
        upload.write(&PNG).await.unwrap();
        assert_eq!(files(folder.path()), 1);
        drop(upload);
        assert_eq!(files(folder.path()), 0);
        assert!(publish(&media, b"no picture", 9).await.is_err());
        assert_eq!(files(folder.path()), 0);

        fs::write(folder.path().join("bot/.upload-x"), "the host was killed").unwrap();
        let media = open(folder.path(), BLOCK);
        assert_eq!(files(folder.path()), 0);
        publish(&media, &PNG, 9).await.unwrap();
    }
}
