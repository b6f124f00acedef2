# SPDX-License-Identifier: GPL-2.0-only
# Source packages and foreign releases, without touching the user's apt.
#
# A private apt configuration: own sources.list, own lists, own cache. Which
# mirror to use is taken from the machine's own configuration.
# shellcheck shell=bash

# The configured repositories, one per line: URI, suite as named in Release,
# codename, component, keyring.
_apt_repositories()
{
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' \
		'Created-By: Packages' 'Origin: Debian' | sort -u
}

# apt_sources RELEASE [TYPES]: sources.list lines for a release of Debian from
# the machine's configured mirrors.
apt_sources()
{
	local release=$1 types=${2:-deb} own uri codename component type lines

	own=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
	lines=$(while read -r uri codename component; do
		case $codename in
		"$own" | "$own"-*) ;;
		*) continue ;;
		esac
		[ "$component" = main ] || continue
		for type in $types; do
			printf '%s [signed-by=%s] %s %s%s %s\n' "$type" \
				/usr/share/keyrings/debian-archive-keyring.gpg \
				"$uri" "$release" "${codename#"$own"}" "$component"
		done
	done < <(_apt_repositories) | sort -u)
	[ -n "$lines" ] || die "no mirror of Debian is configured on this machine"
	printf '%s\n' "$lines"
}

# apt_private DIR RELEASE COMMAND...: an apt-get that lives in DIR alone and
# knows the release's sources.
apt_private()
{
	local dir=$1 release=$2

	shift 2
	if [ ! -f "$dir/apt.conf" ]; then
		mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
		apt_sources "$release" "deb deb-src" >"$dir/sources.list"
		: >"$dir/status"
		cat >"$dir/apt.conf" <<-CONF
			Dir::Etc::sourcelist "$dir/sources.list";
			Dir::Etc::sourceparts "-";
			Dir::State "$dir";
			Dir::State::lists "$dir/lists";
			Dir::State::status "$dir/status";
			Dir::Cache "$dir/cache";
			APT::Sandbox::User "root";
			Acquire::Retries "3";
		CONF
	fi
	APT_CONFIG=$dir/apt.conf "$@"
}
