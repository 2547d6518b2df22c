<?php
// What PHP made of the form, for form_php.py.
$wrong = error_get_last();
$fields = [];
$add = function ($name, $value) use (&$fields) {
    $fields[] = [bin2hex((string)$name), bin2hex((string)$value)];
};
foreach ($_POST as $name => $value)
    $add($name, is_array($value) ? json_encode($value) : $value);
foreach ($_FILES as $name => $file)
    if (is_string($file['tmp_name']) && $file['error'] === UPLOAD_ERR_OK)
        $add($name, file_get_contents($file['tmp_name']));
    elseif ($file['error'] !== UPLOAD_ERR_NO_FILE)
        $wrong = ['message' => 'upload error ' . json_encode($file['error'])];
echo json_encode($wrong ? ['refused' => $wrong['message']] : ['fields' => $fields],
                 JSON_INVALID_UTF8_SUBSTITUTE);
