//! Stable codes, each written once with what the manual says of it.

/// What the manual says of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// The code.
    pub code: &'static str,
    /// The cause, in French and in English.
    pub cause: (&'static str, &'static str),
    /// The mend, in French and in English.
    pub mend: (&'static str, &'static str),
}

/// An enum of stable codes: every variant has its code, its cause and its mend, and stands in
/// `ALL`, so that none can be printed that the manual does not list.
macro_rules! coded {
    ($(#[$meta:meta])* $visibility:vis enum $name:ident {
        $($variant:ident $code:literal
            $cause_fr:literal / $cause_en:literal
            => $mend_fr:literal / $mend_en:literal;)*
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $visibility enum $name {
            $(#[doc = concat!("`", $code, "`: ", $cause_en)] $variant,)*
        }

        impl $name {
            /// Every code with its cause and its mend, in the order of the enum.
            pub const ALL: &'static [$crate::i18n::About] = &[
                $($crate::i18n::About {
                    code: $code,
                    cause: ($cause_fr, $cause_en),
                    mend: ($mend_fr, $mend_en),
                },)*
            ];

            /// What the manual says of it.
            #[must_use]
            pub const fn about(self) -> &'static $crate::i18n::About {
                &Self::ALL[self as usize]
            }

            /// The code as it is printed and documented.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                self.about().code
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(crate) use coded;
