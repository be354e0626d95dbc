//! The kinds of media that LINE shows (LINE reference, "Image message", "Video message", "Audio
//! message").

/// A media type that can be published.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Jpeg,
    Png,
    Mp4,
    Mp3,
    M4a,
}

/// How many of the first bytes tell what it is.
pub(super) const HEAD: usize = 8;

impl Kind {
    pub(super) const ALL: [Self; 5] = [Self::Jpeg, Self::Png, Self::Mp4, Self::Mp3, Self::M4a];

    pub(super) fn of(content_type: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.content_type() == content_type)
    }

    pub(super) fn with_extension(extension: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.extension() == extension)
    }

    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Mp4 => "video/mp4",
            Self::Mp3 => "audio/mpeg",
            Self::M4a => "audio/mp4",
        }
    }

    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Mp4 => "mp4",
            Self::Mp3 => "mp3",
            Self::M4a => "m4a",
        }
    }

    /// The most bytes that LINE shows of it: 10 MB of a picture, 200 MB of a film or a sound.
    pub(super) fn limit(self) -> u64 {
        match self {
            Self::Jpeg | Self::Png => 10_000_000,
            Self::Mp4 | Self::Mp3 | Self::M4a => 200_000_000,
        }
    }

    /// Whether a file of this kind can begin so. `head` has [`HEAD`] bytes, or all there are.
    pub(super) fn begins_with(self, head: &[u8]) -> bool {
        match self {
            Self::Jpeg => head.starts_with(b"\xff\xd8\xff"),
            Self::Png => head.starts_with(b"\x89PNG\r\n\x1a\n"),
            Self::Mp4 | Self::M4a => head.get(4..8) == Some(b"ftyp"),
            // A tag, or at once a frame of layer III.
            Self::Mp3 => match head {
                [0xff, second, ..] => second & 0b1110_0110 == 0b1110_0010,
                _ => head.starts_with(b"ID3"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_files_begin_with() {
        for (kind, head) in [
            (Kind::Jpeg, &b"\xff\xd8\xff\xe0\0\x10JF"[..]),
            (Kind::Png, b"\x89PNG\r\n\x1a\n"),
            (Kind::Mp4, b"\0\0\0\x20ftyp"),
            (Kind::Mp3, b"ID3\x04\0\0\0\0"),
            (Kind::Mp3, b"\xff\xfb\x90\x64\0\0\0\0"),
        ] {
            assert!(kind.begins_with(head), "{kind:?}");
            assert!(!kind.begins_with(&head[..1]), "{kind:?}");
            for other in Kind::ALL {
                let alike = [Kind::Mp4, Kind::M4a];
                let is_alike = alike.contains(&kind) && alike.contains(&other);
                assert_eq!(other.begins_with(head), other == kind || is_alike);
            }
        }
        for kind in Kind::ALL {
            assert!(!kind.begins_with(b"<html><s"), "{kind:?}");
            assert!(!kind.begins_with(b""), "{kind:?}");
        }
    }
}
