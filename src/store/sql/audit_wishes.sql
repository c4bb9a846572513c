SELECT count(*)
  FROM wishes
  LEFT JOIN sightings ON sightings.source = wishes.source AND sightings.native_id = wishes.native_id
 WHERE sightings.url IS NULL
