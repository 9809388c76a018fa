/* Written for Streamlit 1.67. Finds parts of Streamlit's page by ids, classes and attributes that Streamlit may change. No
other script of the app uses them. When Streamlit is updated, check this file, app/streamlit.css and
app/streamlit_fixes.py. */
const CHART = "[data-testid=stEChartsChart]"
const MAIN_BUTTON = "[data-testid=stBaseButton-primary]"
const OUTDATED = "[data-stale=true]" // what an earlier run of the page has drawn and the current one has not confirmed

/** Returns the element that has the colours and the font of the page. */
const pageRoot = () => document.querySelector(".stApp")
