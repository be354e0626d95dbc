//! Memory that begins at a block's boundary, and is whole blocks long once it is padded, as direct writes ask for.

/// What is written at least, and where: 4096 bytes, the pages of nearly all disks and file systems.
pub(super) const BLOCK: usize = 4096;

/// Bytes in aligned memory, which is used again.
#[derive(Default)]
pub(crate) struct Blocks {
    memory: Vec<u8>,
    /// Where the bytes begin: the memory itself begins anywhere.
    start: usize,
}

impl Blocks {
    pub(super) fn clear(&mut self) {
        self.memory.truncate(self.start);
    }

    pub(super) fn extend(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        self.memory.extend_from_slice(bytes);
    }

    /// Adds zeros up to the next boundary.
    pub(super) fn pad(&mut self) {
        let length = self.as_ref().len();
        let padded = length.next_multiple_of(BLOCK);
        self.reserve(padded - length);
        self.memory.resize(self.start + padded, 0);
    }

    /// Moves to larger memory, if there is not enough: at its end, it would move to where there is no boundary.
    fn reserve(&mut self, more: usize) {
        if self.memory.len() + more <= self.memory.capacity() {
            return;
        }
        let needed = self.as_ref().len() + more;
        let mut memory: Vec<u8> = Vec::with_capacity(2 * needed + BLOCK);
        let start = memory.as_ptr().align_offset(BLOCK);
        memory.resize(start, 0);
        memory.extend_from_slice(self.as_ref());
        *self = Self { memory, start };
    }
}

impl AsRef<[u8]> for Blocks {
    fn as_ref(&self) -> &[u8] {
        &self.memory[self.start..]
    }
}

impl AsMut<[u8]> for Blocks {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.memory[self.start..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_begin_at_a_boundary_whatever_they_grow_to() {
        let mut blocks = Blocks::default();
        for length in [1_usize, 5_000, 1, 100_000] {
            blocks.clear();
            for byte in 0..length {
                blocks.extend(&[byte as u8]);
            }
            blocks.pad();
            let bytes = blocks.as_ref();
            assert_eq!(bytes.as_ptr().align_offset(BLOCK), 0);
            assert_eq!(bytes.len(), length.next_multiple_of(BLOCK));
            assert!(
                bytes[..length]
                    .iter()
                    .zip(0..)
                    .all(|(byte, number)| *byte == number as u8)
            );
            assert!(bytes[length..].iter().all(|&byte| byte == 0));
        }
    }
}
