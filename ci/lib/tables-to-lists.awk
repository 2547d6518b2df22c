# Makes each row of the tables of a page in Markdown an item of a list, because a page of the manual has no
# room for columns: "- cell; HEADING: cell; ...". Links within the page become their text.

function cells_of(line, cells, count, i) {
    gsub(/\\\|/, "\001", line)
    sub(/^ *\| */, "", line)
    sub(/ *\| *$/, "", line)
    count = split(line, cells, / *\| */)
    for (i = 1; i <= count; i++)
        gsub("\001", "|", cells[i])
    return count
}

{
    while (match($0, /\]\(#[^)]*\)/)) {
        head = substr($0, 1, RSTART - 1)
        tail = substr($0, RSTART + RLENGTH)
        match(head, /\[[^[]*$/)
        $0 = substr(head, 1, RSTART - 1) substr(head, RSTART + 1) tail
    }
}
/^ *```/ { code = !code }
code || !/^ *\|/ { rows = 0; print; next }
{
    rows++
    count = cells_of($0, cells)
}
rows == 1 { for (i = 1; i <= count; i++) heading[i] = cells[i]; next }
rows == 2 { next }
{
    item = "- " cells[1]
    for (i = 2; i <= count; i++)
        if (cells[i] != "")
            item = item "; " (heading[i] == "" ? "" : heading[i] ": ") cells[i]
    print item
}
