# SPDX-License-Identifier: GPL-2.0-only
# The cache: what takes minutes to build is kept outside the clone.
#
# An entry is a directory NAME-KEY, KEY a hash of everything that went into it.
# It is built in a temporary directory beside it and renamed when it is whole,
# under a lock per NAME, so an entry that exists is always complete and two
# builds of one thing never run at once. Each use touches the entry; old keys
# of a NAME are removed when a new one is built, unless used in the last week
# (another clone may be at another commit).
# shellcheck shell=bash

VPROF_CACHE=${VPROF_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vprof}

# cache_key ITEM...: hash of the items; @FILE stands for the file's content.
cache_key()
{
	local item

	for item; do
		case $item in
		@*) sha256sum <"${item#@}" ;;
		*) printf '%s\n' "$item" ;;
		esac
	done | sha256sum | cut -c1-16
}

# cache_path NAME KEY: where that entry is, or would be.
cache_path()
{
	printf '%s/%s-%s\n' "$VPROF_CACHE" "$1" "$2"
}

# cache_build NAME KEY COMMAND...: make sure the entry is there. COMMAND gets
# one more argument, the empty directory to fill. A failed build leaves its
# directory behind as NAME.failed for a look at its logs.
cache_build()
{
	local name=$1 key=$2 entry

	shift 2
	entry=$(cache_path "$name" "$key")
	if [ ! -d "$entry" ]; then
		mkdir -p "$VPROF_CACHE"
		_cache_build_locked "$name" "$entry" "$@"
	fi
	touch -c "$entry"
}

_cache_build_locked()
{
	local name=$1 entry=$2 lock begin=$SECONDS tmp

	shift 2
	exec {lock}>"$VPROF_CACHE/$name.lock"
	if ! flock -n "$lock"; then
		say "$name: another build of it is running, waiting"
		flock "$lock"
	fi
	if [ ! -d "$entry" ]; then
		tmp=$VPROF_CACHE/$name.building
		_cache_remove "$tmp" "$VPROF_CACHE/$name.failed"
		mkdir "$tmp"
		say "$name: building (kept in $entry)"
		# A subshell of its own, so that set -e stays on inside.
		(
			trap - EXIT
			exec {lock}>&-
			"$@" "$tmp" >&2
		) &
		if ! wait $!; then
			mv "$tmp" "$VPROF_CACHE/$name.failed"
			die "$name: the build failed, see $VPROF_CACHE/$name.failed"
		fi
		mv "$tmp" "$entry"
		_cache_prune "$name" "$entry"
		say "$name: built in $((SECONDS - begin)) s"
	fi
	exec {lock}>&-
}

_cache_prune()
{
	local name=$1 keep=$2 entry

	for entry in "$VPROF_CACHE/$name"-????????????????; do
		if [ ! -d "$entry" ] || [ "$entry" = "$keep" ]; then
			continue
		fi
		if [ -n "$(find "$entry" -maxdepth 0 -mtime +7)" ]; then
			_cache_remove "$entry"
		fi
	done
}

# A root file system belongs to root.
_cache_remove()
{
	rm -rf "$@" 2>/dev/null || as_root rm -rf "$@"
}
