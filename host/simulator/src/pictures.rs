//! The size of a picture, read from its header.

/// Width and height of a JPEG or PNG picture in pixels, or `None` when `bytes` are neither.
pub(crate) fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    png_dimensions(bytes).or_else(|| jpeg_dimensions(bytes))
}

/// They follow the name of the first chunk (PNG specification, "IHDR Image header").
fn png_dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    let rest = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")?;
    let (width, rest) = rest.split_first_chunk()?;
    let (height, _) = rest.split_first_chunk()?;
    Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)))
}

/// They are in the frame header, behind segments of other kinds (ITU T.81, "Frame header syntax").
fn jpeg_dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    loop {
        let [0xff, marker, tail @ ..] = rest else {
            return None;
        };
        if *marker == 0xff {
            // Markers may be preceded by fill bytes.
            rest = &rest[1..];
            continue;
        }
        let (length, _) = tail.split_first_chunk()?;
        let (segment, after) = tail.split_at_checked(u16::from_be_bytes(*length).into())?;
        // The other three between SOF0 and SOF15 are DHT, JPG and DAC.
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let [_, _, _precision, h1, h0, w1, w0, ..] = segment else {
                return None;
            };
            let number = |high: &u8, low: &u8| u16::from_be_bytes([*high, *low]).into();
            return Some((number(w1, w0), number(h1, h0)));
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_found() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x09\xc4\0\0\x06\x96\x08\x02\0\0\0";
        assert_eq!(dimensions(png), Some((2500, 1686)));
        let jpeg = b"\xff\xd8\xff\xe0\0\x04JF\xff\xff\xc2\0\x0b\x08\x03\x4b\x04\xe2\x01\0\0\0";
        assert_eq!(dimensions(jpeg), Some((1250, 843)));
    }

    #[test]
    fn what_breaks_off_has_no_size() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x09\xc4\0\0";
        let jpeg = b"\xff\xd8\xff\xc0\0\x0b\x08\x03\x4b\x04";
        let endless = b"\xff\xd8\xff\xe0\0\0\0\0";
        for bytes in [&b""[..], b"GIF89a", png, jpeg, endless, b"\xff\xd8\xff"] {
            assert_eq!(dimensions(bytes), None, "{bytes:?}");
        }
    }
}
