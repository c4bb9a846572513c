//! The China Government Procurement network (中国政府采购网).
