"""What the functions and aggregations of Prometheus 2.42 take."""


def table(rows):
    """{name: signature}. A signature is a regular expression over the first letters of kinds."""
    return {name: signature.strip() for row in rows.strip().splitlines()
            for signature, _, names in [row.partition(":")] for name in names.split()}


# Kinds of results: vector, range, scalar, text.
AGGREGATIONS = table("""
    v: sum min max avg group stddev stdvar count
    sv: bottomk topk quantile
    tv: count_values""")
FUNCTIONS = table("""
    : pi time
    s: vector
    v: abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_count
    v: histogram_sum ln log10 log2 rad scalar sgn sin sinh sort sort_desc sqrt tan tanh timestamp
    v?: day_of_month day_of_week day_of_year days_in_month hour minute month year
    vs?: round
    vs: clamp_max clamp_min
    vss: clamp
    vtttt: label_replace
    vttt*: label_join
    sv: histogram_quantile
    ssv: histogram_fraction
    r: absent_over_time avg_over_time changes count_over_time delta deriv idelta increase irate last_over_time
    r: max_over_time min_over_time present_over_time rate resets stddev_over_time stdvar_over_time
    r: sum_over_time
    rs: predict_linear
    rss: holt_winters
    sr: quantile_over_time""")
