//! Days, as LINE counts them.

/// How far LINE's clock is ahead of UTC, in seconds: its days are those of UTC+9 (LINE reference,
/// "Get number of sent reply messages").
pub const AHEAD_OF_UTC: u64 = 9 * 3600;

/// The Gregorian date, as year, month and day, of a day counted from 1970-01-01.
#[must_use]
pub fn date(days: u64) -> (u64, u64, u64) {
    // Years are counted from March inside, so that the leap day is a year's last. Days since
    // 0000-03-01, in eras of 400 years.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}
