# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The words that a file of answers may contain: only those of the published API.

All other text from a service is replaced, so that no name of a customer gets into the file. A unit test compares these
lists with the contract, and names the words that are missing here.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Keys of the bodies that the API notes describe.
KEYS = _words(
    """
    address adminAutoLogonCount adminPassword adminPasswordAuto adminPasswordEnabled allowAdvancedRetentionRules
    allowCustomSlaSettings allowIncoming allowIncomingMigrations allowIncomingProtections
    allowNotificationConfiguration allowOutgoing allowOutgoingMigrations allowOutgoingOnpremMigrations
    allowOutgoingOnpremProtections allowOutgoingProtections apiPublicUrl apiThumbprint apiUrl apiVersion
    applianceBootTimestamp args authenticatedSites bridgeOrgVdcNetworks buildDate buildVersion bulkConnectVmNics
    bytesToTransfer bytesTransferred catalogId catalogName cause changeSid checksumComparedBytes checksumTotalBytes
    code computerName configuredReplications consolidate context cookie copySecurityTags copySourceNetworks
    copySourceNicSettings currentRpoViolation currentTime customizationScript customVirtualHardware
    customVirtualHardwareMap dataConnectionState dataConnectionType datastore datastoreMoref dbConnectivity dbError
    delay description descriptor destination destinationCatalogItemId destinationOrgVdcNetwork destinationReconfigure
    destinationState diskKey disksInfo diskUsage displayName distance domainName domainOrgUnit domainUserName
    domainUserPassword enabled enabledTemplateCustomization enableGuestCustomization endTime error excludedDiskKeys
    excludedDisks execEnd execStart executedSteps executionId executionInfo exposePITsAsSnapshots externalIpAddress
    failoverSettings failoverTestSettings free guestCustomization id incomingCommError initialSyncTime instanceId
    instanceMap ipAddress ipAddressAllocationMode isConnected isGolden isLocal isMigration isMovingReplica isPaused
    isPinned isRecovered isReversed isSuspendRequested items joinDomainEnabled keepReplications key lastError
    lastOperation lastUpdated latestInstance limit localPassword localReplicatorsHealth localUser lsConnectivity
    lsError macAddress
    macAddressPolicy managerConnectivity managerError managerHealth maxIncoming maxInstances maxPinnedInstances
    memoryInMB metadata migrationViolation minRpo moId msg name needsCustomization network networkAdapterType
    networkMappings networks nicIndex nics nonce nonInstancesCompliant nonRpoCompliant notExecutedSteps ntpError
    numberOfInstances numCoresPerSocket numCpus offlineReplicators offset onlineReplicators operation operationID
    optimizeUntil order org orgs outgoingCommError overallHealth owner password placementPolicy placementPolicyName
    planId planName planType powerOn primaryNicIndex principal productName progress prompt promptStepId
    protectionViolation quiesced quiescedType quotaViolation recoveredVappId recoveryInfo recoveryPlanId recoveryState
    replications resetMacAddress resetPasswordRequired resolutionType resourceId resourceName resourceType result
    resultType retentionPolicy roles rpo rules runtimeId samlToken scheduledSyncTime seedVappId seedVm seedVmId seedVms
    sequence sequenceNumber serviceBootTimestamp serviceType settings signature site sizingPolicy sizingPolicyName
    slaProfile slaProfileId snapshotOptions source sourceNetworkName sourceOrgVdcNetwork sourceReconfigure sourceState
    spaceRequirement ssoAdminError stacktrace startAction startDelay startTime startupInfo state stateAge steps
    stopAction stopDelay storageProfile storageProfileId storageProfileName storageProfileSettings sync targetDiskType
    timestamp total transferBytes transferSeconds tunnelConnectivity tunnelError tunnelService type usable
    useOrgSettings user username validate value vAppId vappId vappName vAppNetworkSettings vappReplicationId
    vAppTemplateId vappTemplateId vcdAccessToken vcdCookie vcdError vcdPassword vcdUser vcdUsername vcdVmId
    vcdVmTemplateId vcId vcUuid vdc vdcId vdcName vimLocation vimServer vimServerInstanceUuid vmDescription
    vmExcludedDisks vmGuestCustomizationSettings vmId vmIds vmName vmNetworkSettings vmReplications vmStartupInfo
    vmStartupInfoMap warnings workflowInfo
    """
)

# Values of enumerations, task types and error codes in the same notes.
WORDS = _words(
    """
    ADMINISTRATORS ALREADY AuthenticationFailure BUSY BadRequest BadUserInput CLOUD COMPLETE CONFLICT CONSOLIDATE
    CertificateMismatch CloudHealthInfo DO_NOTHING ENCRYPTED ENCRYPTED_COMPRESSED ERROR EVERYONE EXPOSE_PITS FAILED
    FINISHED FOUND Forbidden GREEN GeneralServerFailure INITIAL_SYNCING INVALID IN_PROGRESS MANAGER NOT NOT_STARTED
    NotAuthenticated OK PAUSED PLAIN POWERED_OFF PREALLOCATED PREALLOCATED_ZEROS PRUNING QUEUED RED REPLICATOR
    RUNNING RecoveryPlanInfo RemoteAuthenticationFailure ReplicationNotFound STATE SUCCEEDED SUSPENDED SYNCING
    SingleVmReplicationInfo SiteNotFound TEST THIN TUNNEL TaskNotFound UNKNOWN VRADMINISTRATORS VappReplicationInfo
    VappReplicationNotFound VmReplicationNotFound WRONG YELLOW active appliance applyStorageProfile
    cleanupTestFailover cookie credentials default error failover failoverTest failoverTestCleanup fullsync health
    idle inventory localUser lwd migrate migration multisite none opened pair passive pause paused plannedMigration
    policies prune reconfigure recoveryPlan repair replication replicator resume reverse site ssoCredentials
    ssoToken start stop supportBundle sync syncing testFailover unknown vapp vappReplication vappTemplate vc vcVapp
    vcVm vcd vcdAccessToken vcdCookie vcdCredentials vcdTemplate vcenter vcloud vm vmReplication
    """
)

# Keys whose value is a word of the API and never a name.
ENUMERATIONS = _words(
    """
    code dataConnectionState dataConnectionType overallHealth recoveryState resourceType resultType roles
    serviceType state targetDiskType type
    """
)
# Keys whose values are replaced by running numbers.
IDENTITIES = _words(
    """
    destination id instanceId org owner recoveredVappId resourceId site vAppId vappId vappReplicationId vcdVmId vmId
    """
)
HEADERS = _words(
    """
    Allow Cache-Control Connection Content-Encoding Content-Language Content-Length Content-Security-Policy
    Content-Type Date Expires Keep-Alive Location Pragma Referrer-Policy Retry-After Server Set-Cookie
    Strict-Transport-Security Transfer-Encoding Vary Via WWW-Authenticate X-Content-Type-Options X-Frame-Options
    X-VCAV-Auth X-XSS-Protection operationID
    """
)
PATHS = _words(
    """
    about diagnostics executions extend failover failover-test health migrate network-settings recovery-plans report
    reverse sessions sites steps sync tasks test vapp-replications vm-replications
    """
)
PARAMETERS = _words(
    """
    ids limit offset operationID owner resourceId resourceType site sort sourceSite state vappName vmName
    """
)

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_WORD = re.compile(r"[A-Za-z]+([_-][A-Za-z]+)*")
_PARTS = frozenset(part.lower() for word in WORDS for part in _PART.findall(word))
_MOST_PARTS = 8
OTHER_WORD = "other word"


def known_word(text: str) -> str:
    """Return a word of an enumeration if it is known or made of parts of known words, otherwise ``OTHER_WORD``.

    The names of most task types are not published, and the file of answers should show them. ``reverseReplication``
    is shown, since both of its parts are words of the API; a word with any other part is not.
    """
    parts = [part.lower() for part in _PART.findall(text)]
    is_made_of_known = _WORD.fullmatch(text) and len(parts) <= _MOST_PARTS and _PARTS.issuperset(parts)
    return text if text in WORDS or is_made_of_known else OTHER_WORD
