//! What charts and maps are drawn with.

use crate::i18n::Lang;
use std::fmt::Write as _;

/// Text as XML has it.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// An axis: what is shown at which place.
#[derive(Debug, Clone)]
pub struct Axis {
    /// Values at its ends.
    pub range: (f64, f64),
    /// Places of its ends, in units of the drawing.
    pub places: (f64, f64),
    /// Values that have a line and a number.
    pub ticks: Vec<f64>,
}

impl Axis {
    /// An axis that holds all values, with about so many round ticks; from nothing, where `from_zero` says so.
    #[must_use]
    pub fn new(values: impl Iterator<Item = f64>, places: (f64, f64), count: f64, from_zero: bool) -> Self {
        let (mut low, mut high) =
            values.filter(|v| v.is_finite()).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        if from_zero {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        let unit = round_unit((high - low).max(1e-9) / count);
        (low, high) = ((low / unit).floor() * unit, (high / unit).ceil() * unit);
        if high <= low {
            high = low + unit;
        }
        let mut ticks = Vec::new();
        let mut tick = low;
        while tick <= high + unit / 2.0 {
            ticks.push(tick);
            tick += unit;
        }
        Self { range: (low, high), places, ticks }
    }

    /// Where a value stands.
    #[must_use]
    pub fn at(&self, value: f64) -> f64 {
        let (low, high) = self.range;
        let (from, to) = self.places;
        from + (to - from) * (value - low) / (high - low)
    }
}

/// 1, 2 or 5 times a power of ten, no less than a value.
fn round_unit(value: f64) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    let part = value / power;
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|s| part <= s + 1e-9).unwrap_or(10.0);
    step * power
}

/// A drawing that grows.
#[derive(Debug, Default)]
pub struct Drawing {
    text: String,
}

impl Drawing {
    /// A line.
    pub fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        let _ =
            write!(self.text, "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>");
    }

    /// A line through points.
    pub fn through(&mut self, class: &str, points: &[(f64, f64)]) {
        let _ = write!(self.text, "<polyline class=\"{class}\" points=\"{}\"/>", listed(points));
    }

    /// A filled shape.
    pub fn shape(&mut self, class: &str, points: &[(f64, f64)]) {
        let _ = write!(self.text, "<polygon class=\"{class}\" points=\"{}\"/>", listed(points));
    }

    /// A text; `anchor` is `start`, `middle` or `end`.
    pub fn text(&mut self, class: &str, (x, y): (f64, f64), anchor: &str, text: &str) {
        let text = escaped(text);
        let _ = write!(
            self.text,
            "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>"
        );
    }

    /// A mark of one of a few shapes, which tell series apart without colour.
    pub fn mark(&mut self, series: usize, (x, y): (f64, f64), size: f64) {
        let class = format!("mark s{}", series % SERIES);
        let corner = |dx: f64, dy: f64| (x + size * dx, y + size * dy);
        match series % SERIES {
            0 => {
                let _ = write!(self.text, "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{size:.1}\"/>");
            }
            1 => self.shape(&class, &[corner(-0.9, -0.9), corner(0.9, -0.9), corner(0.9, 0.9), corner(-0.9, 0.9)]),
            2 => self.shape(&class, &[corner(0.0, -1.2), corner(1.1, 0.9), corner(-1.1, 0.9)]),
            3 => self.shape(&class, &[corner(0.0, -1.3), corner(1.3, 0.0), corner(0.0, 1.3), corner(-1.3, 0.0)]),
            4 => self.shape(&class, &[corner(0.0, 1.2), corner(1.1, -0.9), corner(-1.1, -0.9)]),
            _ => self.shape(&class, &[corner(-1.3, -0.6), corner(1.3, -0.6), corner(1.3, 0.6), corner(-1.3, 0.6)]),
        }
    }

    /// A horizontal grid with its numbers, and the name of the axis above it.
    pub fn grid(&mut self, y: &Axis, (left, right): (f64, f64), name: &str, decimals: usize, lang: Lang) {
        for &tick in &y.ticks {
            let at = y.at(tick);
            self.line("grid", (left, at), (right, at));
            self.text("tick", (left - 6.0, at + 4.0), "end", &lang.number(tick, decimals));
        }
        self.text("axis", (4.0, y.places.1 - 14.0), "start", name);
    }

    /// The picture with its words for those who do not see it.
    #[must_use]
    pub fn finish(self, class: &str, (width, height): (f64, f64), label: &str) -> String {
        let label = escaped(label);
        format!(
            "<svg class=\"{class}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{label}\">{}</svg>",
            self.text
        )
    }
}

/// Shapes of marks.
pub const SERIES: usize = 6;

fn listed(points: &[(f64, f64)]) -> String {
    points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_hold_all_values() {
        let axis = Axis::new([489.6, 930.6].into_iter(), (300.0, 0.0), 5.0, true);
        assert_eq!(axis.ticks, [0.0, 200.0, 400.0, 600.0, 800.0, 1000.0]);
        assert!((axis.at(500.0) - 150.0).abs() < 1e-9);
        let narrow = Axis::new([121_611.0, 259_371.0].into_iter(), (0.0, 100.0), 4.0, false);
        assert!(narrow.range.0 <= 121_611.0 && narrow.range.1 >= 259_371.0 && narrow.ticks.len() <= 6);
        let one = Axis::new([3.0].into_iter(), (0.0, 1.0), 4.0, false);
        assert!(one.range.0 <= 3.0 && one.range.1 > one.range.0);
    }
}
